import { readScope } from '../kernel/principal.ts'
import { ApiError, changeJson, getJson, type ServerOptions } from './api.ts'
import { table } from './table.ts'
import { EXIT_PROBLEMS, EXIT_USAGE, say, sayJson, type JsonOption } from './terminal.ts'

export interface CreateOptions extends ServerOptions, JsonOption {
  readonly role: string
  readonly scope?: readonly string[]
  readonly expiresIn: string
}

interface Key {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly role: string
  readonly status: string
  readonly hint: string
  readonly expires_at: string
  readonly last_used_at: string | null
}

const PATH = '/system/api-keys'

/** Makes a key. Only the secret goes to standard output, so that it can be put into a file. */
export async function create(name: string, options: CreateOptions): Promise<void> {
  const { role, scope: written, expiresIn, json } = options
  const scope = written && readScope(written)
  if (written !== undefined && scope === undefined) {
    say('--scope takes seoul, seoul/shop or */shop, once or several times', 'stderr')
    process.exitCode = EXIT_USAGE
    return
  }
  const wanted = { name, role, ...(scope && { scope }), expires_in: expiresIn }
  await orTell(async () => {
    const answer = await changeJson(options, { method: 'POST', path: PATH, body: wanted })
    // Servers of this version answer so.
    const { data: key } = answer as { readonly data: Key & { readonly secret: string } }
    if (json === true) sayJson(key)
    else {
      say(
        `${key.name} (${key.id}) is good until ${key.expires_at}; its secret is shown this once`,
        'stderr',
      )
      say(key.secret)
    }
  })
}

export async function list(options: ServerOptions & JsonOption): Promise<void> {
  await orTell(async () => {
    const keys = await keysOf(options)
    if (options.json === true) sayJson(keys)
    else say(table([COLUMNS, ...keys.map(lineOf)]))
  })
}

export async function revoke(which: string, options: ServerOptions): Promise<void> {
  await orTell(async () => {
    const named = (await keysOf(options)).filter(
      ({ id, name, status }) => id === which || (name === which && status === 'active'),
    )
    const [key, ...others] = named
    if (key === undefined) throw new ApiError(`there is no key ${which}`)
    if (others.length > 0)
      throw new ApiError(`there are ${named.length} keys called ${which}: use an id`)
    await changeJson(options, { method: 'DELETE', path: `${PATH}/${key.id}` })
    say(`${key.name} (${key.id}) is revoked`)
  })
}

const COLUMNS = ['name', 'owner', 'role', 'status', 'begins', 'expires', 'last used', 'id']

const lineOf = (key: Key): readonly string[] => [
  ...[key.name, key.owner, key.role, key.status, key.hint],
  ...[key.expires_at, key.last_used_at ?? 'never', key.id],
]

async function keysOf(options: ServerOptions): Promise<readonly Key[]> {
  // Servers of this version answer so.
  const { data } = (await getJson(options, PATH)) as { readonly data: readonly Key[] }
  return data
}

async function orTell(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    say(error.message, 'stderr')
    process.exitCode = EXIT_PROBLEMS
  }
}
