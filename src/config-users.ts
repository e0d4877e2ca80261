import { z } from 'zod'
import { readJsonFile, type Complain } from './config-json.ts'
import { KEY_USER } from './http/credentials.ts'
import { ROLES } from './kernel/principal.ts'
import { readHash, type User } from './services/access/index.ts'

const hash = z.string('must be a hash of "kcloud users hash"').transform((text, context) => {
  const read = readHash(text)
  if (read !== undefined) return read
  const message =
    'must be a hash of "kcloud users hash": $scrypt$ln=15,r=8,p=3$…, at least ln=14, and not dearer than 128 MiB'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const clusterName = z.string('must be the name of a cluster, or *').min(1).max(253)

const grant = z.strictObject({
  cluster: clusterName,
  namespaces: z
    .array(z.string().min(1).max(253), 'must be a list of namespaces, or null for all')
    .min(1, 'must name a namespace, or be left out for the whole cluster')
    .nullable()
    .default(null),
})

const user: z.ZodType<User> = z
  .strictObject({
    name: z
      .string('must be a name')
      .min(1, 'must not be empty')
      .max(100, 'must have at most 100 characters')
      .regex(/^[^:\p{Cc}]*$/u, 'must have no colon and no control characters')
      .refine((name) => name !== KEY_USER, `must not be ${KEY_USER}, which stands for API keys`),
    hash,
    role: z.enum(ROLES, `must be one of ${ROLES.join(', ')}`),
    scope: z
      .array(grant, 'must be a list such as [{"cluster":"seoul","namespaces":["shop"]}]')
      .min(1, 'must name a cluster, or be left out for everything')
      .nullable()
      .default(null),
    disabled: z.boolean('must be true or false').default(false),
  })
  .refine(({ role, scope }) => role !== 'admin' || scope === null, {
    message: 'must be left out for an admin, who manages everything',
    path: ['scope'],
  })

const users = z.array(user, 'must be a list of users').max(1000, 'must be at most 1000 users')

/** What is wrong with one entry of the file. */
export function userMistakes(entry: unknown): readonly string[] {
  const issues = user.safeParse(entry).error?.issues ?? []
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`)
}

/** Reads a file of users, whose names are not `taken`. Every mistake is told with its place; then it is undefined. */
export function readUsers(
  file: string,
  taken: string | undefined,
  complain: Complain,
): readonly User[] | undefined {
  const read = readJsonFile(file, users, complain)
  const mistakes = read?.flatMap(({ name }, place) => {
    if (name === taken) return [`[${place}].name ${name} is that of API_AUTH_USERNAME`]
    const above = read.findIndex((other) => other.name === name)
    return above < place ? [`[${place}].name ${name} stands in this file already`] : []
  })
  mistakes?.forEach(complain)
  return mistakes?.length === 0 ? read : undefined
}
