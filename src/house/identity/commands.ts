import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { isRole, ROLES, type Role } from '../../platform/access/roles.ts'
import type { Installation } from '../../platform/cli/with-instance.ts'
import { Refusal } from '../../platform/refusals.ts'
import type { Account } from './accounts.ts'
import { refuse } from './refusals.ts'
import type { IdentityContext } from './context.ts'
import { knownScopes } from './scopes.ts'

/** The commands `bagad user`, `bagad token` and `bagad oidc`. */
export function identityCommands(installation: () => Installation): Command[] {
  return [userCommand(installation), tokenCommand(installation), oidcCommand(installation)]
}

/** Opens the instance and its accounts for one command, and prints a refusal as one line. */
async function withContext(
  installation: Installation,
  act: (context: IdentityContext) => Promise<void>,
): Promise<void> {
  const [{ withInstance }, { openContext }] = await Promise.all([
    import('../../platform/cli/with-instance.ts'),
    import('./context'),
  ])
  await withInstance(installation, async ({ platform }) => {
    try {
      await act(openContext(platform))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { title, detail } = error.in('en')
      console.error(`bagad: ${title} ${detail}`)
      process.exitCode = 1
    }
  })
}

/** @throws Refusal `not-found` */
async function accountOf({ accounts }: IdentityContext, login: string): Promise<Account> {
  const account = await accounts.find(login)
  if (!account) throw refuse('not-found')
  return account
}

function userCommand(installation: () => Installation): Command {
  const user = new Command('user').description('manage accounts')
  user
    .command('add')
    .description('create an account: active at once with a password, invited by e-mail without one')
    .requiredOption('--login <login>', 'the login')
    .requiredOption('--email <address>', 'the e-mail address')
    .option('--name <name>', 'the public name; default: the login')
    .option('--password <password>', 'the first password; - reads it from standard input')
    .option('--role <roles>', `roles, separated by commas: ${ROLES.join(', ')}`, readRoles, [])
    .action(
      async ({
        login,
        email,
        name,
        password,
        role,
      }: {
        login: string
        email: string
        name?: string
        password?: string
        role: Role[]
      }) => {
        await withContext(
          installation(),
          async ({ platform, db, accounts, passwords, roles, invitations, securityLog }) => {
            if (password === undefined) {
              const { secret } = await invitations.send(
                { email, login, name, language: platform.config.language, roles: role },
                { id: null, name: '' },
              )
              console.log(`${login} is invited: ${platform.addresses.of('identity', `/invitation/${secret}`)}`)
              return
            }
            await db.transaction().execute(async (transaction) => {
              const account = await accounts.make(transaction, {
                login,
                email,
                name,
                state: 'active',
                isVerified: true,
              })
              await passwords.set(transaction, account, password === '-' ? fromInput() : password)
              await securityLog.write(transaction, { action: 'account.made', actor: null, subject: account })
              for (const one of role) await roles.grant(transaction, account, one, { by: null })
            })
            console.log(`${login} has an account`)
          },
        )
      },
    )
  user
    .command('list')
    .description('list the accounts')
    .option('--role <role>', 'only accounts with this role', readRole)
    .action(async ({ role }: { role?: Role }) => {
      await withContext(installation(), async ({ accounts }) => {
        for (const { login, name, email, state, roles } of await accounts.search({ role }))
          console.log(`${login}  ${name}  ${email ?? '-'}  ${state}  ${roles.join(',')}`)
      })
    })
  user
    .command('passwd <login>')
    .description('set a new password, read from standard input; every browser is signed out')
    .action(async (login: string) => {
      await withContext(installation(), async (context) => {
        const account = await accountOf(context, login)
        const { db, passwords, sessions, lockout, securityLog } = context
        await db.transaction().execute(async (transaction) => {
          await passwords.set(transaction, account.id, fromInput())
          await sessions.end(transaction, account.id, 'all')
          await securityLog.write(transaction, { action: 'password.set', actor: null, subject: account.id })
        })
        await lockout.unlock(account.id)
        console.log(`${account.login} has a new password`)
      })
    })
  user
    .command('role <login>')
    .description('grant and revoke roles')
    .option('--add <roles>', 'roles to grant', readRoles, [])
    .option('--remove <roles>', 'roles to revoke', readRoles, [])
    .option('--until <day>', 'last day of the granted roles, such as 2027-03-31', readDay)
    .action(
      async (login: string, { add, remove, until }: { add: Role[]; remove: Role[]; until?: Temporal.PlainDate }) => {
        await withContext(installation(), async (context) => {
          const account = await accountOf(context, login)
          const { db, roles } = context
          await db.transaction().execute(async (transaction) => {
            for (const role of add) await roles.grant(transaction, account.id, role, { by: null, until: until ?? null })
            for (const role of remove) await roles.take(transaction, account.id, role, null)
          })
          console.log(
            `${account.login}: ${(await roles.of(account.id)).map(({ role }) => role).join(', ') || 'no role'}`,
          )
        })
      },
    )
  user
    .command('disable <login>')
    .description('suspend an account: its owner is signed out everywhere and cannot sign in')
    .requiredOption('--reason <text>', 'the reason; the owner may ask for it')
    .action((login: string, { reason }: { reason: string }) =>
      withContext(installation(), async (context) => {
        await context.accountClosure.suspend(await accountOf(context, login), true, reason, null)
        console.log(`${login} is suspended`)
      }),
    )
  user
    .command('unlock <login>')
    .description('restore a suspended account, and clear its failed sign-ins')
    .action((login: string) =>
      withContext(installation(), async (context) => {
        const account = await accountOf(context, login)
        if (account.state === 'suspended') await context.accountClosure.suspend(account, false, '', null)
        await context.lockout.unlock(account.id)
        await context.lockout.unlock(account.id, 'code')
        console.log(`${login} can sign in`)
      }),
    )
  user
    .command('export <login>')
    .description('write all data of a person as an archive to standard output')
    .action((login: string) =>
      withContext(installation(), async (context) => {
        const account = await accountOf(context, login)
        await context.accountClosure.export(account.id)
        for await (const part of await context.accountClosure.readArchive(account.id)) process.stdout.write(part)
      }),
    )
  user
    .command('erase <login>')
    .description('erase a person from every service, at once and for good')
    .requiredOption('--yes', 'confirm')
    .action((login: string) =>
      withContext(installation(), async (context) => {
        await context.accountClosure.erase((await accountOf(context, login)).id)
        console.log(`${login} is erased`)
      }),
    )
  user
    .command('import <file>')
    .description(
      'import accounts (CSV: login, email, name, hash, roles) with password hashes of other software; idempotent',
    )
    .option('--dry-run', 'only print what would be done')
    .action(async (file: string, { dryRun = false }: { dryRun?: boolean }) => {
      await withContext(installation(), async (context) => {
        const { importAccounts } = await import('./import-accounts.ts')
        const { made, known, refused, withoutPassword } = await importAccounts(
          context,
          readFileSync(file, 'utf8'),
          dryRun,
        )
        for (const { line, why } of refused) console.log(`line ${line}: ${why}`)
        for (const login of withoutPassword)
          console.log(`${login}: the format of the password hash is not supported; the owner must reset the password`)
        console.log(
          `${made} made, ${known} there already, ${refused.length} refused${dryRun ? ' (nothing was kept)' : ''}`,
        )
      })
    })
  return user
}

function tokenCommand(installation: () => Installation): Command {
  const token = new Command('token').description('manage API tokens')
  token
    .command('add')
    .description('create a token; it is printed once, alone on the last line')
    .requiredOption('--login <login>', 'the owner')
    .requiredOption(
      '--scopes <scopes>',
      'scopes, separated by commas: link:read, link:write, moderation:*, api (all rights of the owner)',
      (list) => readScopes(list, installation().services.map(({ name }) => name)), // prettier-ignore
    )
    .option('--ttl <time>', 'validity: 12h, 30d; default: no expiry', readTtl)
    .option('--label <text>', 'a label', '')
    .action(
      async ({
        login,
        scopes,
        ttl,
        label,
      }: {
        login: string
        scopes: string[]
        ttl?: Temporal.Duration
        label: string
      }) => {
        await withContext(installation(), async (context) => {
          const account = await accountOf(context, login)
          const expiresAt = ttl && Temporal.Now.instant().add({ hours: ttl.total('hours') })
          const { db, tokens, securityLog } = context
          const made = await db.transaction().execute(async (transaction) => {
            await securityLog.write(transaction, {
              action: 'token.made',
              actor: null,
              subject: account.id,
              detail: { scopes: scopes.join(',') },
            })
            return tokens.add(transaction, account.id, { scopes, label, expiresAt })
          })
          console.log(made)
        })
      },
    )
  token
    .command('list')
    .description('list the tokens, without their secrets')
    .option('--login <login>', 'only tokens of this login')
    .action(async ({ login }: { login?: string }) => {
      await withContext(installation(), async (context) => {
        const account = login === undefined ? undefined : await accountOf(context, login)
        for (const { id, login: holder, scopes, label, expiresAt, lastUsedOn } of await context.tokens.list(
          account?.id,
        ))
          console.log(
            `${id}  ${holder}  ${scopes.join(',')}  ${label || '-'}  until ${expiresAt?.toString() ?? 'revoked'}, last used ${lastUsedOn?.toString() ?? 'never'}`,
          )
      })
    })
  token
    .command('revoke <id>')
    .description('revoke a token, by its number in the list')
    .action(async (id: string) => {
      await withContext(installation(), async ({ db, tokens }) => {
        const was = await tokens.revoke(db, Number(id))
        console.log(was ? `token ${id} is revoked` : `there is no token ${id}`)
        if (!was) process.exitCode = 1
      })
    })
  return token
}

function oidcCommand(installation: () => Installation): Command {
  const oidc = new Command('oidc').description('manage applications that use these accounts (OpenID Connect)')
  oidc
    .command('initial-token')
    .description(
      'create a token with which an application registers itself; it is printed once, alone on the last line',
    )
    .option('--ttl <time>', 'validity: 12h, 30d', readTtl, Temporal.Duration.from({ hours: 24 }))
    .action(async ({ ttl }: { ttl: Temporal.Duration }) => {
      await withContext(installation(), async ({ openId }) => {
        const provider = await openId.provider()
        console.log(await new provider.InitialAccessToken({ expiresIn: ttl.total('seconds') }).save())
      })
    })
  const client = oidc.command('client').description('applications')
  client
    .command('add')
    .description(
      'register an application from its metadata (OpenID Connect Dynamic Client Registration), as JSON in a file or, with -, on standard input',
    )
    .requiredOption('--json <file>', 'the metadata file')
    .option('--roles <roles>', 'roles that may use it, separated by commas; default: every account', readRoles, [])
    .option('--own', 'it belongs to the association: no consent is asked')
    .action(async ({ json, roles, own = false }: { json: string; roles: Role[]; own?: boolean }) => {
      await withContext(installation(), async ({ applications }) => {
        const metadata: Record<string, unknown> = JSON.parse(readFileSync(json === '-' ? 0 : json, 'utf8'))
        const { client: id, secret } = await applications.add(metadata, { roles, isOwn: own, by: null })
        console.log(JSON.stringify({ client_id: id, ...(secret && { client_secret: secret }) }))
      })
    })
  client
    .command('list')
    .description('list the applications')
    .action(async () => {
      await withContext(installation(), async ({ applications }) => {
        for (const { client: id, name, hosts, roles, isOwn } of await applications.list())
          console.log(`${id}  ${name}  ${hosts.join(',')}  ${roles.join(',') || 'everybody'}${isOwn ? '  own' : ''}`)
      })
    })
  return oidc
}

const TTL = /^(\d{1,5})(h|d)$/

function readTtl(text: string): Temporal.Duration {
  const [, count, unit] = TTL.exec(text) ?? []
  if (!count || Number(count) === 0) throw new InvalidArgumentError('expected a number and h or d, such as 12h or 30d')
  return Temporal.Duration.from(unit === 'h' ? { hours: Number(count) } : { hours: Number(count) * 24 })
}

/** @throws InvalidArgumentError naming the unknown scope */
function readScopes(list: string, services: string[]): string[] {
  const scopes = list
    .split(',')
    .map((scope) => scope.trim())
    .filter(Boolean)
  const known = knownScopes(services)
  const unknownScope = scopes.find((scope) => !known.has(scope))
  if (unknownScope || scopes.length === 0)
    throw new InvalidArgumentError(`"${unknownScope ?? ''}" is not a scope: expected some of ${[...known].join(', ')}`)
  return scopes
}

function readRole(text: string): Role {
  if (!isRole(text)) throw new InvalidArgumentError(`"${text}" is not a role: expected one of ${ROLES.join(', ')}`)
  return text
}

function readRoles(list: string): Role[] {
  return list.split(',').map((one) => readRole(one.trim()))
}

function readDay(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    throw new InvalidArgumentError('expected a day such as 2027-03-31')
  }
}

/** The first line of standard input: for secrets, which a list of processes would show as arguments. */
function fromInput(): string {
  return readFileSync(0, 'utf8').split('\n')[0] ?? ''
}
