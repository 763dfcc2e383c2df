import type { JSX } from 'preact'
import { CATEGORY_NAMES, type Category } from '../../../platform/moderation/categories.ts'
import type { Case } from '../../../platform/moderation/moderation.ts'
import type { ModeratedContent } from '../../../platform/moderation/moderated.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { words } from '../words.ts'

/** French reporting services for illegal content: the police's portal, and the industry's hotline. */
const PORTALS = [
  ['pharos', 'https://www.internet-signalement.gouv.fr'],
  ['point-de-contact', 'https://www.pointdecontact.net'],
] as const

/** Categories that hosts must report to the authorities (LCEN, article 6). */
const GRAVE: ReadonlySet<Category> = new Set(['minor', 'intimate', 'hate', 'illegal'])

/** A report to copy for the authorities. Nothing is sent automatically. */
export function Authorities({ found, seen }: { found: Case; seen: ModeratedContent }): JSX.Element | null {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  if (!GRAVE.has(found.category)) return null
  const { name, email } = platform.association
  const lines = [
    say('case.report-what', { address: seen.address }),
    ...(seen.preview.url === undefined ? [] : [seen.preview.url]),
    say('case.report-made', { moment: reader.moment(seen.madeAt) }),
    say('case.report-category', { category: CATEGORY_NAMES[found.category][reader.language] }),
    ...(seen.preview.pictures?.length && seen.hash
      ? [say('case.report-hash', { hash: seen.hash.toString('hex') })]
      : []),
    say('case.report-host', { name: [name, platform.config.legal.abuse_email || email].filter(Boolean).join(', ') }),
    say('case.report-kept'),
  ]
  return (
    <details class="options">
      <summary>{say('case.authorities')}</summary>
      <p>
        <label for="authorities">{say('case.authorities-text')}</label>
      </p>
      <ul>
        {PORTALS.map(([portal, url]) => (
          <li>
            <a href={url} rel="noreferrer" target="_blank">
              {say(`case.${portal}`)}
            </a>
          </li>
        ))}
      </ul>
      <textarea id="authorities" readOnly rows={8} value={lines.join('\n')} />
    </details>
  )
}
