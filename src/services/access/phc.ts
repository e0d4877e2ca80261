/** A password's hash by scrypt (RFC 7914), with all that is needed to make it again. */
export interface PasswordHash {
  /** The binary logarithm of N. */
  readonly ln: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly key: Buffer
}

/** What a hash costs whoever guesses: 32 MiB, three times over, as OWASP's cheat sheet on passwords has it. */
export const USUAL_COST = { ln: 15, r: 8, p: 3 } as const

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/.-]{8,88})\$([\w+/.-]{22,88})$/
const LEAST_LN = 14
const MOST_BYTES = 128 * 2 ** 20
const MOST_WORK = 2 ** 22

/** Writes a hash as `$scrypt$ln=15,r=8,p=3$salt$key`, the form of the Password Hashing Competition. */
export function writeHash({ ln, r, p, salt, key }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`
}

/** Reads it; undefined for what is none, is too cheap to protect anything, or too dear to be checked. */
export function readHash(text: string): PasswordHash | undefined {
  const [, ln = '', r = '', p = '', salt = '', key = ''] = FORM.exec(text) ?? []
  const hash = {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
  return isSound(hash) ? hash : undefined
}

function isSound({ ln, r, p, salt, key }: PasswordHash): boolean {
  const bytes = 128 * r * 2 ** ln
  const costs = ln >= LEAST_LN && r >= 8 && p >= 1
  return (
    costs &&
    bytes <= MOST_BYTES &&
    r * p * 2 ** ln <= MOST_WORK &&
    salt.length >= 8 &&
    key.length >= 16
  )
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
