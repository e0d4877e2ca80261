import { isIPv6 } from 'node:net'

/** A host, or with `subdomains` every host below it; on any port when `port` is null. */
export interface AllowedHost {
  readonly host: string
  readonly subdomains: boolean
  readonly port: number | null
}

const ENTRY = /^(\*\.)?([^\s/@?#\\%*]+?)(?::(\d{1,5}))?$/

/** Reads `prometheus.seoul`, `*.example.org` or `[fd00::1]:9090`; undefined for anything else. */
export function readAllowedHost(text: string): AllowedHost | undefined {
  const entry = isIPv6(text) ? `[${text}]` : text
  const [, wildcard, name = '', digits] = ENTRY.exec(entry) ?? []
  const subdomains = wildcard !== undefined
  const host = readHost(name, subdomains)
  const port = digits === undefined ? null : Number(digits)
  return host === undefined || !isPort(port) ? undefined : { host, subdomains, port }
}

function readHost(name: string, subdomains: boolean): string | undefined {
  // Below an address there is nothing: with a label before it, one is no host.
  if (!URL.canParse(`http://${subdomains ? 'x.' : ''}${name}`)) return undefined
  const { hostname, port } = new URL(`http://${name}`)
  return port === '' ? plain(hostname) : undefined
}

const isPort = (port: number | null): boolean => port === null || (port > 0 && port <= 65_535)

/**
 * Whether a list has the host of an http or https address. What counts is the host as the connection reads it:
 * user parts, paths, capitals and other spellings of an address change nothing. Names are compared, not the
 * addresses they resolve to, so whoever rules the DNS of an allowed name rules where it leads.
 */
export function isAllowed(url: string, allowed: readonly AllowedHost[]): boolean {
  const { hostname, port, protocol } = new URL(url)
  const host = plain(hostname)
  const number = port === '' ? USUAL_PORTS[protocol] : Number(port)
  return allowed.some(
    (entry) =>
      (entry.port === null || entry.port === number) &&
      (entry.subdomains ? host.endsWith(`.${entry.host}`) : host === entry.host),
  )
}

const USUAL_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** The dot at the end of a full name is left out: it is the same host. */
function plain(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}
