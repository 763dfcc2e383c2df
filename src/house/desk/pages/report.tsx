import type { JSX } from 'preact'
import { CATEGORIES } from '../../../platform/moderation/categories.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Choices, Field, TextArea, Tick } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { Trap } from '../../../platform/pages/trap.tsx'
import { EXPLANATION } from '../reports.ts'
import { words } from '../words.ts'

/** The report form: three steps, no account. */
export function ReportForm({ url }: { url?: string | undefined }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const address = platform.config.legal.abuse_email || platform.association.email
  return (
    <Page title={say('report.title')} description={say('report.lead')}>
      <h1>{say('report.title')}</h1>
      <p class="lead">{say('report.lead')}</p>
      <PostForm action="/signaler" class="stack">
        <TextArea
          name="url"
          label={say('report.url')}
          hint={say('report.url-hint')}
          rows={2}
          maxLength={20_000}
          value={url}
          required
        />
        <Choices name="category" label={say('report.category')}>
          {CATEGORIES.map((category) => (
            <Tick type="radio" name="category" value={category} label={say(`categories.${category}`)} required />
          ))}
        </Choices>
        <TextArea
          name="explanation"
          label={say('report.explanation')}
          hint={say('report.explanation-hint')}
          rows={5}
          maxLength={EXPLANATION.longest}
        />
        <Email />
        <Trap />
        <p>
          <button class="button">{say('report.act')}</button>
        </p>
      </PostForm>
      <p class="soft">{say('report.after')}</p>
      {address && (
        <p class="soft">
          {say('report.write')} <a href={`mailto:${address}`}>{address}</a>
        </p>
      )}
    </Page>
  )
}

/** The appeal form, for authors. */
export function AppealForm({ url }: { url?: string | undefined }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('appeal.title')}>
      <h1>{say('appeal.title')}</h1>
      <p class="lead">{say('appeal.lead')}</p>
      <PostForm action="/contester" class="stack">
        <TextArea
          name="url"
          label={say('report.url')}
          hint={say('appeal.url-hint')}
          rows={2}
          maxLength={20_000}
          value={url}
          required
        />
        <TextArea
          name="explanation"
          label={say('appeal.explanation')}
          hint={say('appeal.explanation-hint')}
          rows={5}
          maxLength={EXPLANATION.longest}
          required
        />
        <Email />
        <Trap />
        <p>
          <button class="button">{say('appeal.act')}</button>
        </p>
      </PostForm>
    </Page>
  )
}

/** The optional e-mail address for the answer. */
function Email(): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Field
      name="email"
      type="email"
      label={say('report.email')}
      hint={say('report.email-hint')}
      autoComplete="email"
      maxLength={320}
    />
  )
}

export function Taken({ reference, isAnswered }: { reference: string; isAnswered: boolean }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('taken.title')} isPrivate>
      <div class="notice">
        <h1>{say('taken.title')}</h1>
        {reference && (
          <p class="lead">
            {say('taken.reference')} <strong class="reference">{reference}</strong>
          </p>
        )}
        <p>{say(isAnswered ? 'taken.answered' : 'taken.unanswered')}</p>
        <p>
          <a class="button quiet" href={platform.addresses.portal()}>
            {say('taken.home')}
          </a>
        </p>
      </div>
    </Page>
  )
}
