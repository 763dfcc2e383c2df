import { ownRefusals } from '../../platform/http/refusal-of.ts'
import { words } from '../../platform/language/own-words.ts'
import type { Language } from '../../platform/language/languages.ts'
import type { RefusalText } from '../../platform/refusals.ts'
import type { Service } from '../../platform/service.ts'

const OWN = ['not-found', 'foreign', 'bad-request', 'too-large', 'too-slow', 'our-fault'] as const

/** The title and detail of a refusal, of a service or of the platform; undefined when there is none of that name. */
export function explainProblem(
  services: readonly Service[],
  service: string,
  name: string,
  language: Language,
): RefusalText | undefined {
  if (service === 'platform') {
    const own = OWN.find((one) => one === name)
    const say = words.in(language)
    if (own) return { title: say(`problems.${own}.title`), detail: say(`problems.${own}.detail`) }
  }
  const refusals = service === 'platform' ? ownRefusals : services.find((one) => one.name === service)?.refusals
  return refusals?.codes.includes(name) ? refusals.explain(name, language) : undefined
}
