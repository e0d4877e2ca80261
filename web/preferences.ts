import { LANGUAGES, type Language } from './texts.ts'

const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** The language that was chosen here before, else the browser's. */
export const preferredLanguage = (): Language =>
  oneOf(LANGUAGES, recall('language')) ?? (navigator.language.startsWith('ko') ? 'ko' : 'en')

/** The theme that was chosen here before, else the system's. */
export const preferredTheme = (): Theme => oneOf(THEMES, recall('theme')) ?? 'auto'

/** A choice out of a list, by what a form says. */
export const oneOf = <Choice extends string>(
  choices: readonly Choice[],
  said: string | null,
): Choice | undefined => choices.find((choice) => choice === said)

export const themeOf = (said: string): Theme => oneOf(THEMES, said) ?? 'auto'

const DARK = matchMedia('(prefers-color-scheme: dark)')

/** Dresses the page; `changed` is called whenever the colours are others. */
export function dress(theme: Theme, changed: () => void): void {
  const apply = (): void => {
    const dark = theme === 'dark' || (theme === 'auto' && DARK.matches)
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
    changed()
  }
  DARK.onchange = apply
  apply()
}

const PREFIX = 'kcloud-dashboard-'

/** Keeps a choice for the next visit, where the browser allows that. */
export function keep(name: 'language' | 'theme', value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // A browser that keeps nothing asks again at the next visit.
  }
}

function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}
