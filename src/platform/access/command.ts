import { Command, InvalidArgumentError } from 'commander'
import type { Installation } from '../cli/with-instance.ts'

/** `bagad token`: keys for programs. */
export function tokenCommand(installation: () => Installation): Command {
  const token = new Command('token').description('keys for programs (API tokens)')
  token
    .command('add')
    .description('make one; it is printed once, alone on the last line')
    .requiredOption('--login <login>', 'whose it is')
    .requiredOption(
      '--scopes <scopes>',
      'what it may do, separated by commas: link:read, link:write, moderation:*, api (everything that its holder may do)',
      (list) => readScopes(list, installation().services.map(({ name }) => name)), // prettier-ignore
    )
    .option('--ttl <time>', 'how long it is good: 12h, 30d; for ever when nothing is said', readTtl)
    .option('--label <text>', 'what it is for', '')
    .action(async ({ login, scopes, ttl, label }: { login: string; scopes: string[]; ttl?: Temporal.Duration; label: string }) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const expiresAt = ttl && Temporal.Now.instant().add({ hours: ttl.total('hours') })
        console.log(await platform.tokens.add({ login, scopes, label, ...(expiresAt && { expiresAt }) }))
      })
    })
  token
    .command('list')
    .description('those that there are, without their secret')
    .option('--login <login>', 'only those of one login')
    .action(async ({ login }: { login?: string }) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        for (const { id, login: holder, scopes, label, expiresAt, lastUsedOn } of await platform.tokens.list(login))
          console.log(
            `${id}  ${holder}  ${scopes.join(',')}  ${label || '-'}  until ${expiresAt?.toString() ?? 'revoked'}, last used ${lastUsedOn?.toString() ?? 'never'}`,
          )
      })
    })
  token
    .command('revoke <id>')
    .description('end one, by its number in the list')
    .action(async (id: string) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const was = await platform.tokens.revoke(Number(id))
        console.log(was ? `token ${id} is revoked` : `there is no token ${id}`)
        if (!was) process.exitCode = 1
      })
    })
  return token
}

const TTL = /^(\d{1,5})(h|d)$/

function readTtl(text: string): Temporal.Duration {
  const [, count, unit] = TTL.exec(text) ?? []
  if (!count || Number(count) === 0) throw new InvalidArgumentError('expected a number and h or d, such as 12h or 30d')
  return Temporal.Duration.from(unit === 'h' ? { hours: Number(count) } : { hours: Number(count) * 24 })
}

/** @throws InvalidArgumentError naming the scope that nobody has */
function readScopes(list: string, services: string[]): string[] {
  const scopes = list
    .split(',')
    .map((scope) => scope.trim())
    .filter(Boolean)
  const known = new Set(['api', 'moderation:read', 'moderation:write', 'moderation:*', ...services.flatMap((name) => [`${name}:read`, `${name}:write`])])
  const stranger = scopes.find((scope) => !known.has(scope))
  if (stranger || scopes.length === 0) throw new InvalidArgumentError(`"${stranger ?? ''}" is no scope: expected some of ${[...known].join(', ')}`)
  return scopes
}
