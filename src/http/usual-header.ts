import { timingSafeEqual } from 'node:crypto'
import type { Credentials } from './credentials.ts'

const LONGEST_USUAL = 512

/**
 * Whether a header is the right one as nearly every client writes it: then nothing has to be read from it. Both
 * are compared at one length, filled up with zeros, so that neither content nor length shows in the time.
 */
export function usualHeader({
  username,
  password,
}: Credentials): (header: string | undefined) => boolean {
  const right = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  if (right.length > LONGEST_USUAL) return () => false
  const [expected, given] = [Buffer.alloc(LONGEST_USUAL), Buffer.alloc(LONGEST_USUAL)]
  expected.write(right, 'latin1')
  return (header) => {
    if (header === undefined || header.length > LONGEST_USUAL) return false
    given.fill(0)
    given.write(header, 'latin1')
    return timingSafeEqual(given, expected)
  }
}
