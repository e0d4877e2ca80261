/** Who the clients of the bench are. */
export const CREDENTIALS = { username: 'bench', password: 'correct horse battery' }

/** What a process holds, in bytes. */
export interface Memory {
  readonly rss: number
}

const PAD = 'x'.repeat(20_000)

/** The data of one frame: 20 kB, and another text each time. */
export const frameData = (reading: number): string => JSON.stringify({ reading, pad: PAD })

/** What the bare broadcast sends: as long as ours, to the byte or two. */
export const bareFrame = (reading: number): string =>
  `{"type":"update","topic":"bench","id":"AAAAAAAA.${reading}","data":${frameData(reading)},"meta":{},"exceeded":[]}`
