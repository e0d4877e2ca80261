import { ENGLISH } from './texts-en.ts'
import { KOREAN } from './texts-ko.ts'
import type { Language, Texts } from './texts.ts'

const TEXTS: Readonly<Record<Language, Texts>> = { en: ENGLISH, ko: KOREAN }

type Amount = number | null

/** Figures as people read them. What is null is "not reported", never 0. */
export interface Wording {
  readonly texts: Texts
  readonly language: Language
  number(value: Amount, digits?: number): string
  /** Joules as kWh. */
  energy(joules: Amount): string
  /** Watts as W below a kilowatt, as kW from there on. */
  power(watts: Amount): string
  percent(value: Amount, digits?: number): string
  /** With its sign. */
  change(percent: Amount): string
  celsius(value: Amount): string
  kwh(value: Amount): string
  /** With its currency. */
  money(value: Amount, currency: string): string
  carbon(kilograms: Amount): string
  /** A time in the zone of the report. */
  time(time: Date | null): string
  /** What stands for no value in tables, where the column is narrow. */
  readonly nothing: string
}

export const JOULES_PER_KWH = 3_600_000

/** The words and figures of a language in a zone. */
export function wordingOf(language: Language, zone: string): Wording {
  const texts = TEXTS[language]
  const formats = new Map<number, Intl.NumberFormat>()
  const formatOf = (digits: number): Intl.NumberFormat => {
    const known =
      formats.get(digits) ??
      new Intl.NumberFormat(language, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      })
    formats.set(digits, known)
    return known
  }
  const told = (value: Amount, digits: number, unit: string): string =>
    value === null ? texts.notReported : `${formatOf(digits).format(value)}${unit}`
  return {
    texts,
    language,
    nothing: '–',
    number: (value, digits = 0) => told(value, digits, ''),
    energy: (joules) => told(joules === null ? null : joules / JOULES_PER_KWH, 1, ' kWh'),
    power: (watts) =>
      watts !== null && watts < 1000
        ? told(watts, 0, ' W')
        : told(watts === null ? null : watts / 1000, 2, ' kW'),
    percent: (value, digits = 1) => told(value, digits, ' %'),
    change: (percent) => {
      if (percent === null) return texts.notReported
      const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±'
      return `${sign}${formatOf(1).format(Math.abs(percent))} %`
    },
    kwh: (value) => told(value, 1, ' kWh'),
    money: (value, currency) => told(value, 2, ` ${currency}`),
    carbon: (kilograms) => told(kilograms, 1, ' kg CO2'),
    celsius: (value) => told(value, 1, ' °C'),
    time: timeOf(zone, texts.notReported),
  }
}

function timeOf(zone: string, nothing: string): (time: Date | null) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return (time) => (time === null ? nothing : format.format(time))
}
