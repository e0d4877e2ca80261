/** The path of a request's address without its query, which may hold a secret. */
export function pathOf(url: string | undefined): string {
  if (url === undefined) return '/'
  const end = url.search(/[?#]/)
  return (end === -1 ? url : url.slice(0, end)).slice(0, 1024)
}
