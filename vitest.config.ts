import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Real servers and whole processes share two cores: more workers only make each slower.
    maxWorkers: 2,
    maxConcurrency: 2,
  },
})
