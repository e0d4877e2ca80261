/** The element of the page with this id, which is in `index.html`. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

/** The list of choices with this id. */
export const choiceOf = (id: string): HTMLSelectElement => byId(id) as HTMLSelectElement

/** An element with a class and what is in it. Text stays text, whatever is written in it. */
export function element(
  tag: string,
  className: string,
  ...content: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  made.append(...content)
  return made
}

/** A column of a table: its heading, and whether it holds numbers. */
export interface Column {
  readonly title: string
  readonly number?: boolean
}

export interface TableContent {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (Node | string)[])[]
  readonly foot?: readonly string[]
}

/** A table whose first column names its rows. */
export function table({ columns, rows, foot }: TableContent): HTMLElement {
  const classOf = (place: number) => (columns[place]?.number === true ? 'number' : '')
  const line = (cells: readonly (Node | string)[]) =>
    element(
      'tr',
      '',
      ...cells.map((cell, place) => {
        const made = element(place === 0 ? 'th' : 'td', classOf(place), cell)
        if (place === 0) made.setAttribute('scope', 'row')
        return made
      }),
    )
  const heads = columns.map(({ title }, place) => {
    const head = element('th', classOf(place), title)
    head.setAttribute('scope', 'col')
    return head
  })
  return element(
    'table',
    '',
    element('thead', '', element('tr', '', ...heads)),
    element('tbody', '', ...rows.map(line)),
    ...(foot === undefined ? [] : [element('tfoot', '', line(foot))]),
  )
}
