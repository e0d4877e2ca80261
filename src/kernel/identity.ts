import type { Principal } from './principal.ts'

/** How somebody can sign in: by the credentials of the configuration, as a user of the file, by key, by token. */
export const WAYS = ['configured', 'user', 'api_key', 'oidc'] as const

/** Who signed in, and what that rests on. */
export interface Identity {
  readonly principal: Principal
  readonly way: (typeof WAYS)[number]
  /** When it ends by itself; null for never. */
  readonly expiresAt: Date | null
  /** Another one as soon as the credentials, the role or the scope are others; no secret. */
  readonly basis: string
}

/** What somebody signs in with. */
export type Credential =
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }

/** Credentials that nobody is let in with. */
export interface Refusal {
  /** For the caller. */
  readonly refused: string
  /** Whether it may be a guess, which is slowed down. */
  readonly isGuess: boolean
}

/** Whom credentials belong to, and for how long. */
export interface SignIn {
  /** Rejects with `rate_limited` and `store_unavailable`, and where somebody else is asked with `identity_unavailable`. */
  identify(credential: Credential): Promise<Identity | Refusal>
  /** Whether an identity is still what it was. Rejects with `store_unavailable`. */
  stands(identity: Identity): Promise<boolean>
}

/** Whether an identity has ended by itself. */
export const isOver = ({ expiresAt }: Pick<Identity, 'expiresAt'>, now: Date): boolean =>
  expiresAt !== null && expiresAt.getTime() <= now.getTime()
