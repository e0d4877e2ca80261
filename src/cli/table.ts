/** Rows of text as columns of equal width, two spaces apart; numbers are put to the right by the caller. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  return rows.map((row) => lineOf(row, widths)).join('\n')
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
    .join('  ')
    .trimEnd()
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** How many columns of a terminal a text takes: Hangul and Hanja take two each. */
export function widthOf(text: string): number {
  return charactersOf(text).reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0)
}

const segments = new Intl.Segmenter()

const charactersOf = (text: string): readonly string[] =>
  Array.from(segments.segment(text), ({ segment }) => segment)

/** A text cut to a width, with … where something was cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of charactersOf(text)) {
    if (widthOf(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}
