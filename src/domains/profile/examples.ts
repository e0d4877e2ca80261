/** Answers of the demo, shortened. */
export const EXAMPLES = {
  types: undefined as never,
  classify: { workload_id: 'ai-research/asr-train-xfjqq-worker-0' },
  classified: undefined as never,
  trained: undefined as never,
}
