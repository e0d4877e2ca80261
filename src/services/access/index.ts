import type { Credential, Identity, Refusal, SignIn } from '../../kernel/identity.ts'
import type { Users } from './users.ts'

export { createFileWatch } from './file-watch.ts'
export { createPasswords, hashPassword } from './passwords.ts'
export { readHash, type PasswordHash } from './phc.ts'
export { createUsers, type User, type Users } from './users.ts'

/** Everybody who may sign in beside the user of the configuration. */
export function createSignIn({ users }: { readonly users: Users }): SignIn {
  return {
    identify: async (credential: Credential): Promise<Identity | Refusal> =>
      credential.kind === 'password'
        ? users.identify(credential.name, credential.password)
        : { refused: 'the key or token is not known here', isGuess: true },
    stands: (identity) => Promise.resolve(users.stands(identity)),
  }
}
