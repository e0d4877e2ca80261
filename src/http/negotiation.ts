/** Whether a client that sends this `Accept-Encoding` can read gzip. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  if (header === undefined) return false
  const offers = String(header).toLowerCase().split(',')
  return offers.some((offer) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(offer))
}

/** Whether this `If-None-Match` names the ETag, by weak comparison: the id within the quotes (RFC 9110, 8.8.3.2). */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return header.length < 8192 && header.includes(etag.slice(2))
}

/** Whether the client asks for a page rather than for data. */
export function wantsHtml(header: string | undefined): boolean {
  return header !== undefined && /\btext\/html\b/.test(header)
}
