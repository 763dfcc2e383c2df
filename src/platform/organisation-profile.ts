import type { Config } from './config/settings.ts'
import type { InEveryLanguage } from './language/languages.ts'
import { setFrench } from './language/typography.ts'

/** The association as its pages present it; an empty text is not filled in yet. */
export interface OrganisationProfile extends Omit<
  Config['association'],
  'promise' | 'promise_en' | 'about' | 'about_en'
> {
  promise: InEveryLanguage
  about: InEveryLanguage
}

/** What the demonstration says of itself, wherever the configuration says nothing. */
const DEMONSTRATION: Partial<Config['association']> = {
  name: 'Infini',
  promise: 'Des outils libres pour toutes et tous, et un hébergement associatif tenu à Brest.',
  promise_en: 'Free tools for everyone, and a community hosting association in Brest.',
  about:
    "Infini rassemble 407 adhérent·e·s : 238 associations et collectifs, 169 personnes. Une salariée et des bénévoles y tiennent les serveurs, répondent aux questions et animent des ateliers. Ni publicité, ni pistage, ni revente : c'est une association qui paie les machines, et ses membres qui décident.",
  about_en:
    'Infini brings together 407 members: 238 associations and groups, 169 people. One employee and a handful of volunteers keep the servers, answer questions and run workshops. No advertising, no tracking, nothing sold: an association pays for the machines, and its members decide.',
  town: 'Brest',
  department: '29',
}

/** The association of this instance: what is configured, else (in a demonstration) the demonstration's words. */
export function organisationProfile(config: Config, isDemonstration: boolean): OrganisationProfile {
  const said = { ...config.association }
  if (isDemonstration) {
    for (const key of ['name', 'promise', 'promise_en', 'about', 'about_en', 'town', 'department'] as const)
      said[key] ||= DEMONSTRATION[key] ?? ''
  }
  const { promise, promise_en: promiseEn, about, about_en: aboutEn, ...rest } = said
  return {
    ...rest,
    name: said.name || 'Bagad',
    promise: { fr: setFrench(promise), en: promiseEn || promise },
    about: { fr: setFrench(about), en: aboutEn || about },
  }
}
