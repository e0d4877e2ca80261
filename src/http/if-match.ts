const NO_VERSION = -1

/** The version that `If-Match` names; null for any. A tag that is none of ours fits no version. */
export function versionIn(ifMatch: string | null): number | null {
  if (ifMatch === null || ifMatch.trim() === '*') return null
  const [, digits] = /^"(\d{1,9})"$/.exec(ifMatch.trim()) ?? []
  return digits === undefined ? NO_VERSION : Number(digits)
}
