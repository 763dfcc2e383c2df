import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'
import type { Finding } from './check.ts'
import { publicName } from '../../../platform/figures/figures.ts'
import { PROPERTY, type Property, type Subject } from './collective.ts'

interface ShownFile {
  subject: Subject
  text: string
  address: string
  findings: Finding[]
}

/** All files of the collective, with the address to submit. */
export function CollectivePage({ files }: { files: ShownFile[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const [organisation] = files
  return (
    <Page title={say('collective.title')}>
      <h1>{say('collective.title')}</h1>
      <p class="lead">{say('collective.lead')}</p>
      {organisation && (
        <p>
          {say('collective.give')} <a href={organisation.address}>{organisation.address}</a>
        </p>
      )}
      <ul class="entries">
        {files.map((file) => (
          <FileLine file={file} />
        ))}
      </ul>
    </Page>
  )
}

function FileLine({ file: { subject, address, findings } }: { file: ShownFile }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const about = subject.kind === 'organisation' ? 'organisation' : publicName(subject.service)
  const name =
    subject.kind === 'organisation' ? say('collective.organisation') : subject.service.about.name[reader.language]
  return (
    <li>
      {subject.kind === 'metrics' ? (
        <a href={address}>{say('collective.metrics', { name })}</a>
      ) : (
        <a href={`/fiche-chatons/${about}`}>{name}</a>
      )}
      <span class={findings.length === 0 ? 'state-good' : 'state-bad'}>
        {findings.length === 0 ? say('collective.well') : say('collective.findings', { count: findings.length })}
      </span>
    </li>
  )
}

interface SubjectProps {
  about: string
  text: string
  properties: Property[]
  findings: Finding[]
  mayFill: boolean
  areLinksChecked?: boolean
}

/** One file: what the crawler reads, its findings, and the form. */
export function SubjectPage({
  about,
  text,
  properties,
  findings,
  mayFill,
  areLinksChecked = false,
}: SubjectProps): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const service = platform.figures.services.find((one) => publicName(one) === about)
  const title = service?.about.name[reader.language] ?? say('collective.organisation')
  return (
    <Page title={say('collective.of', { name: title })} isPrivate>
      <p>
        <a href="/fiche-chatons">{say('collective.title')}</a>
      </p>
      <h1>{say('collective.of', { name: title })}</h1>
      <Findings findings={findings} />
      {areLinksChecked && findings.every(({ what }) => what !== 'dead') && (
        <p class="state-good">{say('collective.links-well')}</p>
      )}
      <h2>{say('collective.seen')}</h2>
      <pre class="seen" tabIndex={0} aria-label={say('collective.seen')}>
        <code>{text}</code>
      </pre>
      {mayFill ? <Forms about={about} properties={properties} /> : <Empty properties={properties} />}
    </Page>
  )
}

function Findings({ findings }: { findings: Finding[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  if (findings.length === 0) return <p class="state-good">{say('collective.well')}</p>
  return (
    <ul>
      {findings.map(({ what, where, value }) => (
        <li class="state-bad">
          {say(`finding.${what}`)} : <code>{where}</code> {value && <span class="soft">{value}</span>}
        </li>
      ))}
    </ul>
  )
}

/** The empty properties, for readers who may not fill them in. */
function Empty({ properties }: { properties: Property[] }): JSX.Element | null {
  const say = usePage().reader.say(words)
  const open = properties.filter(({ isFilled }) => !isFilled)
  return open.length === 0 ? null : <p class="noted">{say('collective.supposed', { count: open.length })}</p>
}

function Forms({ about, properties }: { about: string; properties: Property[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <>
      <PostForm action={`/fiche-chatons/${about}/links`} class="lines">
        <button class="button quiet" type="submit">
          {say('collective.look')}
        </button>
      </PostForm>
      <h2>{say('collective.fill')}</h2>
      <PostForm action={`/fiche-chatons/${about}`} class="lines">
        {[...Map.groupBy(properties, ({ key }) => partOf(key))].map(([part, fields]) => (
          <fieldset class="lines">
            <legend>{words.find(reader.language, `property-part.${part}`)}</legend>
            {fields.map((property) => (
              <PropertyField property={property} />
            ))}
          </fieldset>
        ))}
        <button class="button" type="submit">
          {say('collective.keep')}
        </button>
      </PostForm>
    </>
  )
}

/** Sections of the form; some parts of the association's file have their own. */
const PARTS = ['owner', 'memberof', 'socialnetworks', 'chatrooms', 'funding']

function partOf(key: string): string {
  const [section = '', word = ''] = key.split('.')
  return PARTS.includes(word) ? word : section
}

function PropertyField({ property }: { property: Property }): JSX.Element {
  const { key, value, isFilled, isMandatory = false, type } = property
  const { reader } = usePage()
  const say = reader.say(words)
  const choice = typeof type === 'object' ? type : undefined
  const optionOf = (one: string) => words.find(reader.language, `property-option.${one}`)
  const label = (
    <>
      {words.find(reader.language, `property.${key.replaceAll('.', '-')}`)}{' '}
      {isMandatory && <span class="soft">({say('collective.mandatory')}) </span>}
      {!isFilled && value !== '' && <span class="state-wait">{say('collective.to-fill')}</span>}
    </>
  )
  const hint = (
    <>
      <code>{key}</code>
      {choice?.several &&
        ` ${say('collective.several', { words: choice.oneOf.map((one) => `${one} (${optionOf(one)})`).join(', ') })}`}
    </>
  )
  const field = { name: key, label, hint, value }
  if (!choice || choice.several)
    return <Field {...field} {...(type === 'url' && { inputMode: 'url' })} maxLength={PROPERTY.longest} />
  const options = choice.oneOf.map((one) => [one, `${optionOf(one)} (${one})`] as const)
  return <Select {...field} options={[['', say('collective.nothing')], ...options]} />
}
