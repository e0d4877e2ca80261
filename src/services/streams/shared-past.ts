import type { SharedNews } from './common-store.ts'

/** The news after an event, if nothing is missing between and among them. */
export function restAfter(
  last: string,
  news: readonly SharedNews[],
): readonly SharedNews[] | undefined {
  const place = news.findIndex(({ frames }) => frames.some(({ id }) => id === last))
  const known = news[place]
  if (known === undefined) return undefined
  const left = known.frames.slice(known.frames.findIndex(({ id }) => id === last) + 1)
  const rest = [{ ...known, after: last, frames: left }, ...news.slice(place + 1)]
  return areWhole(rest) ? rest.filter(({ frames }) => frames.length > 0) : undefined
}

/** Whether each begins where the one before it ended. */
function areWhole(news: readonly SharedNews[]): boolean {
  return news.every(({ after }, index) => {
    const before = news[index - 1]
    return (
      before === undefined ||
      after === (before.frames[before.frames.length - 1]?.id ?? before.after)
    )
  })
}

/** The longest end of the news in which nothing is missing. */
export function wholeEnd(news: readonly SharedNews[]): readonly SharedNews[] {
  const from = news.findLastIndex((_, index) => !areWhole(news.slice(index)))
  return news.slice(from + 1)
}
