import type { JSX } from 'preact'
import { CATEGORIES, type Category } from '../../../platform/moderation/categories.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { words } from '../words.ts'

/** What somebody has written so far. */
export interface Written {
  url?: string | undefined
  category?: Category | undefined
  explanation?: string | undefined
  email?: string | undefined
}

interface FormProps {
  written: Written
  refusal?: Refusal
  isCategoryMissing?: boolean
}

/** Anybody says that something here should not be: three acts, no account. */
export function ReportForm({ written, refusal, isCategoryMissing = false }: FormProps): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const address = platform.config.legal.abuse_email || platform.association.email
  return (
    <Page title={say('report.title')} description={say('report.lead')}>
      <h1>{say('report.title')}</h1>
      <p class="lead">{say('report.lead')}</p>
      <Wrong refusal={refusal} />
      <PostForm action="/signaler" class="stack">
        <Urls value={written.url} refusal={refusal} hint={say('report.url-hint')} />
        <fieldset class="ticks" aria-describedby={isCategoryMissing ? 'category-error' : undefined}>
          <legend class="label">{say('report.category')}</legend>
          {CATEGORIES.map((category) => (
            <p class="tick">
              <input
                type="radio"
                id={`category-${category}`}
                name="category"
                value={category}
                required
                checked={written.category === category}
              />
              <label for={`category-${category}`}>{say(`categories.${category}`)}</label>
            </p>
          ))}
          {isCategoryMissing && (
            <p class="error" id="category-error" role="alert">
              <strong>{say('report.category-missing')}</strong>
            </p>
          )}
        </fieldset>
        <Explanation
          label={say('report.explanation')}
          hint={say('report.explanation-hint')}
          value={written.explanation}
          refusal={refusal}
        />
        <Email value={written.email} refusal={refusal} hint={say('report.email-hint')} />
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

/** An author says something against a decision. */
export function AppealForm({ written, refusal }: FormProps): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('appeal.title')}>
      <h1>{say('appeal.title')}</h1>
      <p class="lead">{say('appeal.lead')}</p>
      <Wrong refusal={refusal} />
      <PostForm action="/contester" class="stack">
        <Urls value={written.url} refusal={refusal} hint={say('appeal.url-hint')} />
        <Explanation
          label={say('appeal.explanation')}
          hint={say('appeal.explanation-hint')}
          value={written.explanation}
          refusal={refusal}
          isRequired
        />
        <Email value={written.email} refusal={refusal} hint={say('report.email-hint')} />
        <Trap />
        <p>
          <button class="button">{say('appeal.act')}</button>
        </p>
      </PostForm>
    </Page>
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

/** What is about no field stands above the form. */
function Wrong({ refusal }: { refusal: Refusal | undefined }): JSX.Element | null {
  const { reader } = usePage()
  if (!refusal || refusal.field) return null
  const { title, detail } = refusal.in(reader.language)
  return (
    <p class="error" role="alert">
      <strong>{title}</strong> {detail}
    </p>
  )
}

function FieldError({ refusal, field }: { refusal: Refusal | undefined; field: string }): JSX.Element | null {
  const { reader } = usePage()
  if (refusal?.field !== field) return null
  const { title, detail } = refusal.in(reader.language)
  return (
    <p class="error" id={`${field}-error`} role="alert">
      <strong>{title}</strong> {detail}
    </p>
  )
}

function Urls({
  value,
  refusal,
  hint,
}: {
  value: string | undefined
  refusal: Refusal | undefined
  hint: string
}): JSX.Element {
  const say = usePage().reader.say(words)
  const isWrong = refusal?.field === 'url'
  return (
    <div>
      <label for="url">{say('report.url')}</label>
      <textarea
        id="url"
        name="url"
        rows={2}
        required
        maxLength={20_000}
        aria-invalid={isWrong ? 'true' : undefined}
        aria-describedby={isWrong ? 'url-error url-hint' : 'url-hint'}
      >
        {value}
      </textarea>
      <p class="hint" id="url-hint">
        {hint}
      </p>
      <FieldError refusal={refusal} field="url" />
    </div>
  )
}

function Explanation({
  label,
  hint,
  value,
  refusal,
  isRequired = false,
}: {
  label: string
  hint: string
  value: string | undefined
  refusal: Refusal | undefined
  isRequired?: boolean
}): JSX.Element {
  return (
    <div>
      <label for="explanation">{label}</label>
      <textarea
        id="explanation"
        name="explanation"
        rows={5}
        maxLength={4000}
        required={isRequired}
        aria-describedby="explanation-hint"
      >
        {value}
      </textarea>
      <p class="hint" id="explanation-hint">
        {hint}
      </p>
      <FieldError refusal={refusal} field="explanation" />
    </div>
  )
}

function Email({
  value,
  refusal,
  hint,
}: {
  value: string | undefined
  refusal: Refusal | undefined
  hint: string
}): JSX.Element {
  const say = usePage().reader.say(words)
  const isWrong = refusal?.field === 'email'
  return (
    <div>
      <label for="email">{say('report.email')}</label>
      <input
        id="email"
        name="email"
        type="email"
        autoComplete="email"
        maxLength={320}
        defaultValue={value}
        aria-invalid={isWrong ? 'true' : undefined}
        aria-describedby={isWrong ? 'email-error email-hint' : 'email-hint'}
      />
      <p class="hint" id="email-hint">
        {hint}
      </p>
      <FieldError refusal={refusal} field="email" />
    </div>
  )
}

/** Who fills in this field as well is a program that fills in everything. */
function Trap(): JSX.Element {
  return (
    <p class="trap" aria-hidden="true">
      <label for="website">{usePage().reader.say(words)('report.trap')}</label>
      <input id="website" name="website" type="text" tabIndex={-1} autoComplete="off" />
    </p>
  )
}
