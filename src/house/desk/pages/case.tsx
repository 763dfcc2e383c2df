import type { JSX } from 'preact'
import { CATEGORIES, CATEGORY_NAMES } from '../../../platform/moderation/categories.ts'
import type { Case, Decision, AbuseReport, Verdict } from '../../../platform/moderation/moderation.ts'
import type { Alike, ModeratedContent } from '../../../platform/moderation/moderated.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Choices, Field, Select, TextArea, Tick } from '../../../platform/pages/field.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { Blurred } from '../islands/blurred.island.tsx'
import { nextPath, pathOf } from '../paths.ts'
import { NOTE, REASON } from '../reasons.ts'
import { words } from '../words.ts'
import { Authorities } from './authorities.tsx'
import { DeskPage, Key, StateLabel, type JustDone } from './parts.tsx'
import { titleOf } from './queue.tsx'

interface CaseProps {
  found: Case
  alike: Alike | undefined
  canHold: boolean
  just?: JustDone | undefined
}

/** One content with its reports and the possible decisions. */
export function CasePage({ found, alike, canHold, just }: CaseProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const { seen, history } = found
  return (
    <DeskPage title={titleOf(found)} just={just}>
      <h1 class="wraps">{titleOf(found)}</h1>
      <p class="lead">
        <StateLabel seen={seen} />{' '}
        {found.isOpen &&
          `– ${CATEGORY_NAMES[found.category][reader.language]}, ${say('queue.reports', { count: found.reports })}`}
      </p>
      <div class="case">
        <div>
          {seen && <Shown found={found} seen={seen} />}
          {history.reports.length > 0 && <Said reports={history.reports} />}
          {history.decisions.length > 0 && <Decided decisions={history.decisions} />}
        </div>
        <div>
          <DecisionForm found={found} alike={alike} canHold={canHold} />
          {found.hasEvidence && <EvidenceForm found={found} />}
          {seen && <Authorities found={found} seen={seen} />}
        </div>
      </div>
      <p>
        <a href={nextPath(found)} data-key="j">
          {say('case.next')}
        </a>
      </p>
    </DeskPage>
  )
}

/** Shows a content safely: text stays plain text, pictures are blurred, nothing is a link. */
function Shown({ found, seen }: { found: Case; seen: ModeratedContent }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const { url, text, pictures = [] } = seen.preview
  return (
    <section>
      <h2>{say('case.what')}</h2>
      {url !== undefined && <p class="stranger">{url}</p>}
      {text !== undefined && <Words text={text} />}
      {pictures.map((_, index) => (
        <Blurred
          src={`/apercu/${found.service}/${encodeURIComponent(found.content)}/${index + 1}`}
          alt={say('case.picture', { number: index + 1, count: pictures.length })}
          isTiny={found.category === 'minor'}
          words={{ show: say('case.unblur'), hide: say('case.blur') }}
        />
      ))}
      <dl class="stated">
        <dt>{say('case.address')}</dt>
        <dd class="wraps">{seen.address}</dd>
        <dt>{say('case.made')}</dt>
        <dd>{reader.moment(seen.madeAt)}</dd>
        <dt>{say('case.author')}</dt>
        <dd>{found.authorName ?? say(seen.mailbox ? 'case.stranger-told' : 'case.stranger')}</dd>
        {seen.facts.map(({ label, value }) => (
          <>
            <dt>{label[reader.language]}</dt>
            <dd class="wraps">{value[reader.language]}</dd>
          </>
        ))}
      </dl>
      {found.sameAuthor.contents.length > 0 && (
        <details class="options">
          <summary>
            {say(found.sameAuthor.isGuessed ? 'case.others-guessed' : 'case.others', {
              count: found.sameAuthor.contents.length,
            })}
          </summary>
          <ul>
            {found.sameAuthor.contents.map((content) => (
              <li>
                <a href={pathOf({ service: found.service, content })}>{content}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

/** Characters of a text that are shown at once; the rest is folded. */
const SHOWN_AT_ONCE = 2000

/** A visitor's text, as plain text. */
function Words({ text }: { text: string }): JSX.Element {
  const { reader } = usePage()
  const [beginning, rest] = [text.slice(0, SHOWN_AT_ONCE), text.slice(SHOWN_AT_ONCE)]
  return (
    <>
      <p class="stranger">{beginning}</p>
      {rest !== '' && (
        <details class="options">
          <summary>{reader.say(words)('case.text-rest', { count: rest.length })}</summary>
          <p class="stranger">{rest}</p>
        </details>
      )}
    </>
  )
}

function Said({ reports }: { reports: AbuseReport[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section>
      <h2>{say('case.said')}</h2>
      <ul class="kept">
        {reports.map(({ category, explanation, isAppeal, hasEmail, sealedKey, at, settledAt }) => (
          <li>
            <span class="stranger">{explanation || say('case.no-words')}</span>
            <strong>{isAppeal ? say('case.appeal') : CATEGORY_NAMES[category][reader.language]}</strong>
            <span class="soft">
              {reader.moment(at)}
              {hasEmail && `, ${say('case.wants-answer')}`}
              {settledAt && `, ${say('case.answered')}`}
            </span>
            {sealedKey && <SealedKey text={sealedKey} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

/**
 * The key of an encrypted content, sealed by the reporter's browser; the holder of the moderation's age identity opens
 * it.
 */
function SealedKey({ text }: { text: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <details class="options">
      <summary>{say('case.sealed-key')}</summary>
      <p class="hint">{say('case.sealed-key-hint')}</p>
      <textarea readOnly rows={4} aria-label={say('case.sealed-key')} value={text} />
    </details>
  )
}

function Decided({ decisions }: { decisions: Decision[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section>
      <h2>{say('case.decided')}</h2>
      <ul class="kept">
        {decisions.map((one) => (
          <li>
            <span>
              {one.reason} {one.note && <em>{one.note}</em>}
            </span>
            <strong>
              {say(one.asksSecond ? 'verdicts.asked' : `verdicts.${one.decision}`)}
              {one.undoneAt && ` (${say('case.undone')})`}
            </strong>
            <span class="soft">
              {say('case.by', { name: one.by, moment: reader.moment(one.at), count: one.changed })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

const VERDICTS: { decision: Verdict; key: string; look: string }[] = [
  { decision: 'keep', key: 'a', look: 'button quiet' },
  { decision: 'hide', key: 'h', look: 'button quiet' },
  { decision: 'remove', key: 'r', look: 'button danger' },
]

function DecisionForm({ found, alike, canHold }: Omit<CaseProps, 'just'>): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const [last] = found.history.decisions
  const others = found.sameAuthor.contents.length
  return (
    <PostForm action={pathOf(found)} class="stack decision">
      <h2>{say('case.decide')}</h2>
      <input type="hidden" name="after" value={last?.id ?? 0} />
      {last?.asksSecond && !last.undoneAt && <p>{say('case.asks-second', { name: last.by })}</p>}
      <Select
        name="category"
        label={say('case.category')}
        value={found.category}
        options={CATEGORIES.map((category) => [category, CATEGORY_NAMES[category][reader.language]])}
      />
      <Field name="reason" label={say('case.reason')} hint={say('case.reason-hint')} maxLength={REASON.longest} />
      <Choices name="also" label={say('case.also')}>
        {found.seen?.hash && <AlsoTick name="block" label={say('case.block')} shortcut="b" />}
        {others > 0 && (
          <AlsoTick
            name="sameAuthor"
            label={say(found.sameAuthor.isGuessed ? 'case.same-guessed' : 'case.same-author', { count: others })}
            shortcut="s"
          />
        )}
        {alike && alike.contents.length > 0 && (
          <AlsoTick
            name="alike"
            label={say('case.alike', { count: alike.contents.length, what: alike.label[reader.language] })}
            shortcut="d"
          />
        )}
        {found.seen?.author === null && <AlsoTick name="banSource" label={say('case.ban')} />}
        {canHold ? <AlsoTick name="hold" label={say('case.hold')} /> : <p class="hint">{say('case.no-hold')}</p>}
      </Choices>
      <details class="options">
        <summary>{say('case.note')}</summary>
        <TextArea
          name="note"
          label={<span class="sr-only">{say('case.note')}</span>}
          rows={3}
          maxLength={NOTE.longest}
        />
      </details>
      <p class="actions verdicts">
        {VERDICTS.map(({ decision, key, look }) => (
          <button class={look} name="decision" value={decision} data-key={key}>
            {say(`verdicts.${decision}-act`)} <Key name={key} />
          </button>
        ))}
      </p>
      <p class="hint">{say('case.hide-hint')}</p>
    </PostForm>
  )
}

function AlsoTick({ name, label, shortcut }: { name: string; label: string; shortcut?: string }): JSX.Element {
  const labelled = (
    <>
      {label} <Key name={shortcut} />
    </>
  )
  return <Tick name={name} value="on" label={labelled} shortcut={shortcut} />
}

function EvidenceForm({ found }: { found: Case }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <PostForm action={`${pathOf(found)}/preuve`} class="stack" prefix="evidence">
      <h2>{say('evidence.title')}</h2>
      <Field
        name="reason"
        label={say('evidence.why')}
        hint={say(found.category === 'minor' ? 'evidence.hint-two' : 'evidence.hint')}
        maxLength={REASON.longest}
        required
      />
      <p>
        <button class="button quiet">{say('evidence.act')}</button>
      </p>
    </PostForm>
  )
}
