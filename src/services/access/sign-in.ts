import type { SignIn } from '../../kernel/identity.ts'
import { isKey, type ApiKeys } from './api-keys.ts'
import type { Oidc } from './oidc.ts'
import type { Users } from './users.ts'

interface Parts {
  readonly users: Users
  readonly keys: ApiKeys
  /** Null where no issuer's tokens are taken. */
  readonly oidc: Oidc | null
}

/** Everybody who may sign in beside the user of the configuration. */
export function createSignIn({ users, keys, oidc }: Parts): SignIn {
  return {
    async identify(credential) {
      if (credential.kind === 'password')
        return users.identify(credential.name, credential.password)
      const { token } = credential
      return oidc === null || isKey(token) ? keys.identify(token) : oidc.identify(token)
    },
    async stands(identity) {
      if (identity.way === 'user') return users.stands(identity)
      // Of a token nobody says that it was taken back: it is good until it expires.
      return identity.way === 'api_key' ? keys.stands(identity) : true
    },
  }
}
