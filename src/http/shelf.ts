/** Which kind of data an answer holds, and so how long it may be served again; `none` never. */
export type AnswerShelf = 'realtime' | 'summary' | 'series' | 'static' | 'none'
