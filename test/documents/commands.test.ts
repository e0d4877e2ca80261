import { describe, expect, it } from 'vitest'
import { runBlocks } from './commands.ts'

const nobody = { server: 'x:1', prometheus: 'x:2', username: 'u', password: 'p' }

describe('a page of commands', () => {
  it('tells which commands ended with a failure', async () => {
    const { failed } = await runBlocks(
      ['true\nfalse\necho one | grep two\n', 'test 1 = 2\n'],
      nobody,
    )
    expect(failed).toEqual(['false', 'grep two', 'test 1 = 2'])
  })

  it('tells which command was running when its time was over, and what had been said', async () => {
    const { failed, said } = await runBlocks(['echo first\n', 'sleep 60 | cat\n'], nobody, 1000)
    expect(failed).toEqual([expect.stringMatching(/^did not end in \d+ s: sleep 60 \| cat$/)])
    expect(said).toBe('first\n')
  })
})
