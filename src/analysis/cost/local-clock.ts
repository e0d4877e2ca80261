/** What a clock on the wall and a calendar show. */
export interface LocalTime {
  /** `2026-04-16` */
  readonly date: string
  /** 1 to 12. */
  readonly month: number
  /** Minutes since midnight as the clock shows them, 0 to 1439. */
  readonly minutes: number
  /** 0 is Sunday. */
  readonly weekday: number
}

export type LocalClock = (milliseconds: number) => LocalTime

/** The clock of an IANA zone. Throws a RangeError for a zone that `Intl` does not know. */
export function localClock(zone: string): LocalClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return (milliseconds) => {
    const parts = new Map(
      format.formatToParts(milliseconds).map(({ type, value }) => [type, value]),
    )
    const { year = '', month = '', day = '', hour = '', minute = '' } = Object.fromEntries(parts)
    const date = `${year.padStart(4, '0')}-${month}-${day}`
    return {
      date,
      month: Number(month),
      minutes: Number(hour) * 60 + Number(minute),
      weekday: new Date(`${date}T00:00:00Z`).getUTCDay(),
    }
  }
}
