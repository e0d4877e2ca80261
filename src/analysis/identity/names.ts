/**
 * The host of a name in any dialect: without scheme, path, port, brackets and the dot at its end. Empty when
 * there is none.
 */
export function hostOf(name: string): string {
  const host = name
    .trim()
    .replace(/^[a-z][a-z\d+.-]*:\/\//i, '')
    .replace(/\/.*$/s, '')
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1]
  return bracketed ?? host.replace(/^([^:]*):\d*$/, '$1').replace(/\.$/, '')
}

/** The address that a host is, or says in its name as AWS does (`ip-10-0-1-11`), in one spelling; else null. */
export function addressOf(host: string): string | null {
  const spelled = /^ip-(\d+)-(\d+)-(\d+)-(\d+)(?:\.|$)/i.exec(host)
  return address4(spelled === null ? host : spelled.slice(1).join('.')) ?? address6(host)
}

const BYTE = '(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])'
const ADDRESS4 = new RegExp(`^(?:${BYTE}\\.){3}${BYTE}$`)

/** A number that begins with 0 is octal to some and decimal to others, so it is no address. */
const address4 = (text: string): string | null => (ADDRESS4.test(text) ? text : null)

const SHORTEST_ADDRESS6 = /^[\da-f:.]*:[\da-f:.]*$/i
const MAPPED4 = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/

function address6(text: string): string | null {
  const [bare = ''] = text.split('%')
  const url = `http://[${bare}]`
  if (!SHORTEST_ADDRESS6.test(bare) || !URL.canParse(url)) return null
  const spelled = new URL(url).hostname.slice(1, -1)
  const [, high, low] = MAPPED4.exec(spelled) ?? []
  return high === undefined || low === undefined ? spelled : fromWords(high, low)
}

function fromWords(high: string, low: string): string {
  return [high, low]
    .map((word) => Number.parseInt(word, 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join('.')
}

/** The first label of a host name; null for an address, which has none. */
export function shortNameOf(host: string): string | null {
  return address4(host) !== null || host.includes(':') ? null : (host.split('.')[0] ?? host)
}
