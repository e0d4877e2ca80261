/** As much of autocannon as is used here; it brings no types. */
declare module 'autocannon' {
  interface Options {
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    /** Milliseconds between two looks at whether it is over. */
    readonly sampleInt: number
  }
  interface Result {
    readonly errors: number
    /** Seconds that it really took. */
    readonly duration: number
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>
  }
  export default function autocannon(options: Options): Promise<Result>
}
