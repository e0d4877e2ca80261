// Runs a command after making sure that the dependencies are there, so that a fresh clone needs one
// command only. A `pre` script would reinstall each time and is skipped under `ignore-scripts`.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`KCloud Monitor needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

const installed = 'node_modules/.package-lock.json'
const stale =
  !existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs
if (stale) {
  console.error('Installing dependencies (npm ci) …')
  const npm = process.env.npm_execpath
  const [command, ...args] = npm === undefined ? ['npm'] : [process.execPath, npm]
  const install = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // The tools that test and demo need are development dependencies.
    env: { ...process.env, NODE_ENV: 'development' },
  })
  if (install.status !== 0) process.exit(install.status ?? 1)
}

const [program = '', ...rest] = process.argv.slice(2)
const child = spawn(program, rest, {
  stdio: 'inherit',
  env: { ...process.env, PATH: `node_modules/.bin:${process.env.PATH ?? ''}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`${program}: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))
