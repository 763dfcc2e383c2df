import { Command, InvalidArgumentError } from 'commander'
import type { Installation } from '../cli/with-instance.ts'

/** `bagad outbox`: e-mails that wait or failed, why, and another try. */
export function outboxCommand(installation: () => Installation): Command {
  const outbox = new Command('outbox').description('letters to people')
  outbox
    .command('list', { isDefault: true })
    .description('what waits and what failed, with the reason')
    .action(async () => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const letters = await platform.mail.outbox.list(['queued', 'failed'])
        for (const { id, state, recipient, subject, attempts, lastError, writtenAt } of letters)
          console.log(
            `${id}  ${state}  ${writtenAt.toString({ smallestUnit: 'second' })}  ${recipient}  ${subject}  ${attempts} tries${lastError ? `: ${lastError}` : ''}`,
          )
        const count = (state: string) => letters.filter((email) => email.state === state).length
        console.log(`${count('queued')} waiting, ${count('failed')} failed`)
      })
    })
  outbox
    .command('show')
    .description('one letter, as it is read')
    .argument('<id>', 'its number in the list', readId)
    .action(async (id: number) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const email = await platform.mail.outbox.find(id)
        if (!email) {
          console.log(`there is no letter ${id}`)
          process.exitCode = 1
          return
        }
        const { state, recipient, subject, attempts, lastError, writtenAt, settledAt, text } = email
        console.log(`To: ${recipient}\nSubject: ${subject}\nWritten: ${writtenAt.toString()}`)
        console.log(
          `State: ${state}${settledAt ? ` since ${settledAt.toString()}` : ''}, ${attempts} tries${lastError ? `: ${lastError}` : ''}`,
        )
        console.log(`\n${text ?? '(its words are forgotten)'}`)
      })
    })
  outbox
    .command('retry')
    .description('try again now; everything that waits or failed when no number is named')
    .argument('[id]', 'its number in the list', readId)
    .action(async (id?: number) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        console.log(`${await platform.mail.outbox.retry(id)} letters are tried again`)
      })
    })
  return outbox
}

function readId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('expected a number of the list')
  return Number(text)
}
