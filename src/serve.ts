import type { AddressInfo } from 'node:net'
import { compose, type Composed } from './compose.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { KCloudError } from './kernel/errors.ts'

/**
 * Runs the server until a signal ends it; the demo says where it is. A configuration with mistakes, or a state that
 * cannot be read, is told on standard error and ends the process.
 */
export async function serve({ demo }: { readonly demo: boolean }): Promise<void> {
  const config = configOrExit({ demo })
  const composed = await composeOrExit(config)
  stopOnSignals(composed, config.shutdownSeconds)
  await composed.server.listen({ host: config.host, port: config.port })
  if (config.demo) process.stdout.write(welcome(composed, config))
}

/** The configuration by the environment and `.env`. Mistakes are told on standard error and end the process with `status`. */
export function configOrExit({ demo }: { readonly demo: boolean }, status = 1): Config {
  try {
    loadDotEnv()
    return readConfig(process.env, { demo })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(status)
  }
}

async function composeOrExit(config: Config): Promise<Composed> {
  try {
    return await compose(config)
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    process.stderr.write(`${error.detail}\n`)
    process.exit(1)
  }
}
/** Takes from `.env` what the real environment does not set. */
function loadDotEnv(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** The first signal stops the server when it has answered what it has begun; the second stops it at once. */
function stopOnSignals(composed: Composed, deadlineSeconds: number): void {
  const { server } = composed
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1)
    stopping = true
    server.log.info({ signal }, 'stop')
    setTimeout(() => {
      server.log.error('requests in flight took longer than the deadline')
      server.server.closeAllConnections()
      process.exit(1)
    }, deadlineSeconds * 1000).unref()
    composed.close().then(
      () => process.exit(0),
      (error: unknown) => {
        server.log.error({ err: error }, 'stop')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function welcome({ server }: Composed, { credentials, madeCredentials }: Config): string {
  const { port } = server.server.address() as AddressInfo
  const base = `http://localhost:${port}`
  const { username, password } = credentials
  const user = madeCredentials ? `${username}:${password}` : `${username}:$API_AUTH_PASSWORD`
  return [
    '',
    `KCloud Monitor is running on its simulator: ${base}`,
    ...(madeCredentials ? [`  user name ${username}`, `  password  ${password}`] : []),
    '',
    `  curl -u ${user} '${base}/api/v1/accelerators/gpus?limit=3'`,
    `  curl -u ${user} '${base}/api/v1/accelerators/gpus/summary'`,
    `  curl ${base}/api/v1/system/health`,
    '',
    `  ${base}/dashboard  the live page`,
    `  ${base}/docs  every route, to read and to try`,
    '',
    '',
  ].join('\n')
}
