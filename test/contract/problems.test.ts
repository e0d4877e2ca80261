import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/http/problem-kinds.ts'
import { problemsPage } from '../../src/http/problems-page.ts'

describe('spec/PROBLEMS.md', () => {
  it('is what the server answers; if not: npm run spec', async () => {
    expect(await readFile('spec/PROBLEMS.md', 'utf8')).toBe(problemsPage())
  })

  it('has a line for each kind, with a status of a failure', () => {
    for (const [kind, { status }] of Object.entries(PROBLEMS)) {
      expect(problemsPage()).toContain(`| \`/problems/${kind}\` | ${status} |`)
      expect(status).toBeGreaterThanOrEqual(400)
    }
  })
})
