export const EXAMPLES: any = {question: undefined, answer: undefined, batch: undefined, ordered: undefined, batchAnswer: undefined}
