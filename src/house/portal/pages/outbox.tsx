import type { JSX } from 'preact'
import type { OutboxEmail } from '../../../platform/mail/outbox.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'

/** The e-mails that a demonstration has kept instead of sending them. */
export function OutboxPage({ emails }: { emails: OutboxEmail[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('outbox.title')} isPrivate>
      <h1>{say('outbox.title')}</h1>
      <p class="lead">{say('outbox.lead')}</p>
      {emails.length === 0 && <p>{say('outbox.none')}</p>}
      <ul class="emails">
        {emails.map(({ id, subject, recipient, writtenAt }) => (
          <li>
            <a href={`/courrier/${id}`}>{subject}</a>
            <span>
              {recipient}, {reader.moment(writtenAt)}
            </span>
          </li>
        ))}
      </ul>
    </Page>
  )
}

/** One e-mail as its recipient would have read it, with working links. */
export function EmailPage({ email, pictures }: { email: OutboxEmail; pictures: Buffer[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={email.subject} isPrivate>
      <h1>{email.subject}</h1>
      <dl class="stated">
        <dt>{say('outbox.to')}</dt>
        <dd>{email.recipient}</dd>
        <dt>{say('outbox.written')}</dt>
        <dd>{reader.moment(email.writtenAt)}</dd>
      </dl>
      <p class="email">{email.text === undefined ? say('outbox.forgotten') : linked(email.text)}</p>
      {pictures.map((png) => (
        // The text describes the picture.
        <p>
          <img class="picture" src={`data:image/png;base64,${png.toString('base64')}`} alt="" />
        </p>
      ))}
      <p>
        <a href="/courrier">{say('outbox.all')}</a>
      </p>
    </Page>
  )
}

/** Turns lines that are addresses into links. */
function linked(text: string): (string | JSX.Element)[] {
  return text.split(/^(https?:\/\/\S+)$/m).map((part, index) => (index % 2 === 1 ? <a href={part}>{part}</a> : part))
}
