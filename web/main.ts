import { dashboard } from './dashboard.ts'
import { choiceOf } from './dom.ts'
import { dress, keep, preferredLanguage, preferredTheme, themeOf } from './preferences.ts'
import { LANGUAGES, speak } from './texts.ts'
import { oneOf } from './preferences.ts'

const language = choiceOf('language')
const theme = choiceOf('theme')
language.value = preferredLanguage()
theme.value = preferredTheme()
speak(preferredLanguage())

const page = dashboard()
dress(preferredTheme(), () => page.redraw())

language.onchange = () => {
  const chosen = oneOf(LANGUAGES, language.value) ?? 'en'
  keep('language', chosen)
  speak(chosen)
  page.redraw()
}
theme.onchange = () => {
  keep('theme', theme.value)
  dress(themeOf(theme.value), () => page.redraw())
}
