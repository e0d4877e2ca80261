import type { SignIn } from '../../kernel/identity.ts'
import type { ApiKeys } from './api-keys.ts'
import type { Users } from './users.ts'

interface Parts {
  readonly users: Users
  readonly keys: ApiKeys
}

/** Everybody who may sign in beside the user of the configuration. */
export function createSignIn({ users, keys }: Parts): SignIn {
  return {
    identify: (credential) =>
      credential.kind === 'password'
        ? users.identify(credential.name, credential.password)
        : keys.identify(credential.token),
    async stands(identity) {
      if (identity.way === 'user') return users.stands(identity)
      return identity.way === 'api_key' ? keys.stands(identity) : true
    },
  }
}
