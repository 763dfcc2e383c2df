import type { Caller } from '../../platform/access/caller.ts'
import type { Accounts } from './accounts.ts'
import type { Lockout } from './lockout.ts'
import type { AppPasswords } from './proofs/app-passwords.ts'
import { TOKEN_PREFIX, type Tokens } from './proofs/tokens.ts'
import { refuse } from './refusals.ts'

interface PasswordNeeds {
  accounts: Accounts
  appPasswords: AppPasswords
  tokens: Tokens
  lockout: Lockout
}

/** A login and a password that a program sends, for one scope, from one network address. */
export interface ShownPassword {
  login: string
  password: string
  scope: string
  address: string
}

/**
 * The caller that an app password, or a token in its place, authenticates. The password of the account itself is never
 * accepted, since programs store what they are given.
 *
 * @throws Refusal `too-many-failures`
 */
export async function callerWithPassword(
  needs: PasswordNeeds,
  { login, password, scope, address }: ShownPassword,
): Promise<Caller | undefined> {
  const { accounts, appPasswords, tokens, lockout } = needs
  if (password.startsWith(TOKEN_PREFIX)) {
    const caller = await tokens.find(password)
    return caller && isNamed(caller, login) ? caller : undefined
  }
  // A pair that was verified a moment ago is neither counted nor looked up.
  const before = appPasswords.remembered(password, scope)
  if (before) return isNamed(before.caller, login, before.email) ? before.caller : undefined
  const counted = await lockout.begin({ what: 'app-password', whose: login.trim().toLowerCase(), address })
  if (typeof counted === 'number')
    throw refuse('too-many-failures', { retryAfter: counted, minutes: Math.ceil(counted / 60) })
  const id = await appPasswords.find(password, scope, address)
  const account = id ? await accounts.get(id) : undefined
  if (!account || !['active', 'closing'].includes(account.state) || !isNamed(account, login, account.email))
    return undefined
  await counted.passed()
  const caller: Caller = {
    id: account.id,
    login: account.login,
    name: account.name,
    scopes: scope === 'api' ? ['api'] : [`${scope}:write`],
    roles: [],
  }
  appPasswords.remember(password, scope, { caller, email: account.email })
  return caller
}

function isNamed(holder: { login: string }, written: string, email: string | null = null): boolean {
  const name = written.trim().toLowerCase()
  return holder.login.toLowerCase() === name || email?.toLowerCase() === name
}
