/** Answers of the demo, shortened. */
export const EXAMPLES = {
  current: undefined as never,
  containers: undefined as never,
  nodes: undefined as never,
}
