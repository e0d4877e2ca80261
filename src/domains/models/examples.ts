export const EXAMPLES: any = {model: undefined, metrics: undefined, training: undefined}
