import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createPasswords, readHash } from '../../src/services/access/index.ts'

/** Runs `kcloud users hash` with a text on its standard input. */
function hash(args: readonly string[], input: string) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) => {
    const all = ['--import', 'tsx', 'src/cli/kcloud.ts', 'users', 'hash', ...args]
    const child = spawn(process.execPath, all, { timeout: 60_000 })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    child.on('close', (status) => done({ status, stdout, stderr }))
    child.stdin.end(input)
  })
}

describe('kcloud users hash', () => {
  it('prints an entry of the file of users, without the password in it', async () => {
    const args = [
      '--name',
      '박지민',
      '--role',
      'operator',
      '--scope',
      'seoul/shop',
      '*/lab',
      'busan',
    ]
    const { status, stdout } = await hash(args, '말 배터리 스테이플\n')
    expect(status).toBe(0)
    const entry = JSON.parse(stdout) as { hash: string }
    expect(entry).toEqual({
      name: '박지민',
      role: 'operator',
      scope: [
        { cluster: 'seoul', namespaces: ['shop'] },
        { cluster: '*', namespaces: ['lab'] },
        { cluster: 'busan', namespaces: null },
      ],
      hash: expect.stringMatching(/^\$scrypt\$ln=15,r=8,p=3\$/) as string,
    })
    const made = readHash(entry.hash)
    expect(made && (await createPasswords().verify('말 배터리 스테이플', made))).toBe(true)
  })

  it.each([
    ['a short password', [], 'short', 'the password must have at least 8 characters'],
    ['one that everybody knows', [], 'changeme', 'the password is well known'],
    [
      'an admin of a part',
      ['-r', 'admin', '-s', 'seoul'],
      'correct horse',
      'scope must be left out',
    ],
    ['no scope', ['-s', 'seoul/shop/web'], 'correct horse', '--scope takes seoul'],
    ['no name of a user', ['-n', 'a:b'], 'correct horse', 'name must have no colon'],
    ['no role', ['-r', 'root'], 'correct horse', 'Allowed choices are viewer, operator, admin'],
  ])('refuses %s with status 2', async (_name, args, input, complaint) => {
    const { status, stdout, stderr } = await hash(args, input)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(complaint)
  })
})
