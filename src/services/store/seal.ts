import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { KCloudError } from '../../kernel/errors.ts'

/** A sealed text opened, or why it could not be. */
export type Opened =
  { readonly text: string; readonly problem?: undefined } | { readonly problem: string }

/** Keeps texts from those who can read the database but do not have the key. */
export interface Sealer {
  /**
   * The sealed text. It opens only together with the same `bound` text, so that it cannot be moved to another
   * row. Rejects with `unprocessable` without a key.
   */
  seal(text: string, bound: string): string
  open(sealed: string, bound: string): Opened
}

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16
const FORMAT = 'v1'

/** Seals with AES-256-GCM under a key of 32 bytes. Without a key it seals nothing and opens nothing. */
export function createSealer(key: KeyObject | undefined): Sealer {
  if (key === undefined) return KEYLESS
  const keyId = createHmac('sha256', key).update('kcloud-monitor key id').digest().subarray(0, 8)
  return {
    seal(text, bound) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(bound))
      const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [keyId, iv, cipher.getAuthTag(), content]
      return [FORMAT, ...parts.map((part) => part.toString('base64url'))].join('.')
    },
    open(sealed, bound) {
      const [format, id, iv, tag, content] = sealed.split('.')
      if (format !== FORMAT) return { problem: 'its secrets are sealed in an unknown way' }
      if (id !== keyId.toString('base64url'))
        return { problem: 'its secrets are sealed with another STATE_KEY' }
      return decrypted(key, { iv: bytes(iv), tag: bytes(tag), content: bytes(content) }, bound)
    },
  }
}

const KEYLESS: Sealer = {
  seal() {
    throw new KCloudError('unprocessable', {
      detail:
        'passwords, tokens and headers of a cluster are kept only under a key: set STATE_KEY on the server',
    })
  },
  open: () => ({ problem: 'its secrets are sealed, and STATE_KEY is not set' }),
}

interface Parts {
  readonly iv: Buffer
  readonly tag: Buffer
  readonly content: Buffer
}

function decrypted(key: KeyObject, { iv, tag, content }: Parts, bound: string): Opened {
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(bound))
      .setAuthTag(tag)
    return { text: Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8') }
  } catch {
    return { problem: 'it was changed in the database after its secrets were sealed' }
  }
}

const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url')
