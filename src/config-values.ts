import { createSecretKey, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { readAllowedHost, type AllowedHost } from './services/clusters/index.ts'
import { DURATION_FORMAT, parseDuration } from './kernel/time-range.ts'

/** How each kind of variable is read from its text. Every complaint says what is allowed. */
type Reader<Value> = z.ZodType<Value, string>

function reader<Value>(read: (text: string) => Value | undefined, allowed: string): Reader<Value> {
  return z.string().transform((text, context) => {
    const value = read(text.trim())
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `must be ${allowed}` })
    return z.NEVER
  })
}

/** Any text. */
export const anyText: Reader<string> = z.string()

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Reader<Word> {
  return reader((text) => words.find((word) => word === text), `one of ${words.join(', ')}`)
}

/** A whole number between two, both included. */
export function whole(least: number, most: number): Reader<number> {
  const read = (text: string) => {
    const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
    return number >= least && number <= most ? number : undefined
  }
  return reader(read, `a whole number from ${least} to ${most}`)
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
])

/** Yes or no. */
export const flag: Reader<boolean> = reader(
  (text) => FLAGS.get(text.toLowerCase()),
  'true or false',
)

/** Seconds of a duration; 0 where "never" makes sense. */
export function seconds(zero: 'zero allowed' | 'not zero'): Reader<number> {
  const zeroAllowed = zero === 'zero allowed'
  const read = (text: string) => {
    if (/^0+[a-z]*$/.test(text)) return zeroAllowed ? 0 : undefined
    return parseDuration(text) ?? (/^\d{1,9}$/.test(text) ? Number(text) : undefined)
  }
  return reader(read, `${DURATION_FORMAT}, or seconds${zeroAllowed ? ', or 0' : ''}`)
}

const BYTES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }
const SIZE = /^(\d{1,15}(?:\.\d{1,3})?)\s*([kmg]?)i?b?$/i

/** Bytes, as 1048576, 512kB, 256MB or 1GB; the units are powers of 1024. */
export function bytes(least: number): Reader<number> {
  const read = (text: string) => {
    const [, amount, unit = ''] = SIZE.exec(text) ?? []
    const size = Math.round(Number(amount) * (BYTES[unit.toLowerCase()] ?? Number.NaN))
    return Number.isSafeInteger(size) && size >= least ? size : undefined
  }
  const bound = least > 0 ? `, at least ${least} bytes` : ''
  return reader(read, `a size such as 1048576, 512kB, 256MB or 1GB${bound}`)
}

/** Origins of web pages, in a comma list, or `*`. */
export const origins: Reader<readonly string[]> = reader((text) => {
  const list = split(text)
  return list.every((origin) => origin === '*' || isOrigin(origin)) ? list : undefined
}, 'a comma list of origins such as https://dashboard.example.org, without a path, or *')

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

const PROXY_NAMES = new Set(['loopback', 'linklocal', 'uniquelocal'])

/** Which proxies may say who the client is: nobody, everybody, or a comma list of addresses and networks. */
export const proxies: Reader<boolean | readonly string[]> = reader((text) => {
  const everyone = FLAGS.get(text.toLowerCase())
  if (everyone !== undefined) return everyone
  const list = split(text)
  return list.length > 0 && list.every(isProxy) ? list : undefined
}, 'true, false, or a comma list of addresses, networks such as 10.0.0.0/8, loopback, linklocal and uniquelocal')

function isProxy(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  if (PROXY_NAMES.has(text)) return true
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (rest.length > 0 || most < 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
}

/** A quotient of at least 1. */
export const ratio: Reader<number> = reader((text) => {
  const number = /^\d{1,3}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
  return number >= 1 ? number : undefined
}, 'a number such as 1.35, at least 1')

/** The name of a metric. */
export const metricName: Reader<string> = reader(
  (text) => (/^[a-z_:][\w:]{0,199}$/i.test(text) ? text : undefined),
  'the name of a metric, without labels',
)

/** Words of one form in a comma list. */
export function words(form: RegExp, what: string): Reader<readonly string[]> {
  const read = (text: string) => {
    const list = split(text)
    return list.length > 0 && list.every((word) => form.test(word)) ? list : undefined
  }
  return reader(read, `${what}, in a comma list`)
}

const split = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Hosts that a cluster may have, in a comma list. */
export const allowedHosts: Reader<readonly AllowedHost[]> = reader((text) => {
  const hosts = split(text).map(readAllowedHost)
  return hosts.every((host) => host !== undefined) ? hosts : undefined
}, 'a comma list of host names, *.suffix and host:port, without a scheme or path')

/** The address of a PostgreSQL. */
export const postgresAddress: Reader<string> = reader((text) => {
  const known = URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
  return known ? text : undefined
}, 'an address such as postgres://user:password@host:5432/database?sslmode=verify-full')

/** The address of something that speaks HTTP, without a password: that has a setting of its own. */
export const httpAddress: Reader<string> = reader((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isFine = url?.username === '' && /^https?:$/.test(url.protocol)
  return isFine ? text : undefined
}, 'an http or https address, without a user name and password')

/** The address of a Redis. */
export const redisAddress: Reader<string> = reader((text) => {
  const known = URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol)
  return known ? text : undefined
}, 'an address such as redis://user:password@host:6379/0, or rediss:// for TLS')

/** Addresses of Alertmanagers, in a comma list. */
export const alertmanagers: Reader<readonly string[]> = reader((text) => {
  const list = split(text)
  const isAddress = (each: string): boolean => /^https?:/.test(each) && URL.canParse(each)
  return list.length > 0 && list.every(isAddress) ? list : undefined
}, 'addresses such as http://alertmanager:9093, in a comma list')

/** Texts that sign something, in a comma list. The complaint does not repeat them. */
export const secretTexts: Reader<readonly string[]> = reader((text) => {
  const list = split(text)
  const fits = list.every((secret) => secret.length >= 24 && secret.length <= 200)
  return fits && list.length > 0 && list.length <= 5 ? list : undefined
}, 'texts of 24 to 200 characters, five at most, in a comma list')

/** A key of 32 bytes in base64. It cannot be printed by accident. */
export const secretKey: Reader<KeyObject> = reader((text) => {
  const bytes = /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
  return bytes && createSecretKey(bytes)
}, '32 random bytes in base64, as `openssl rand -base64 32` makes them')

/** A name of a zone for each cluster, in a comma list; `*` for all others. */
export const zonesOfClusters: Reader<ReadonlyMap<string, string>> = reader((text) => {
  const pairs = split(text).map((pair) => /^([^=\s]{1,253})=([\w-]{1,64})$/.exec(pair))
  if (pairs.length === 0 || pairs.includes(null)) return undefined
  return new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}, 'a comma list of cluster=zone, such as seoul=KR,*=DE')
