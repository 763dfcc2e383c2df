/** An institution that phishing imitates. */
interface Brand {
  /** Its name in domain names, without hyphens. */
  names: string[]
  /** Names that are also common words, or three letters long: they count only as a whole word, beside a bait word. */
  common?: string[]
  /** Its own domains. */
  domains: string[]
  /** Owns its name under nearly every country's domain: `amazon.de`. */
  worldwide?: boolean
}

/** The institutions that phishing imitates most in France, after the yearly lists of cybermalveillance.gouv.fr. */
const BRANDS: Brand[] = [
  {
    names: ['laposte', 'colissimo', 'chronopost'],
    domains: ['laposte.fr', 'laposte.net', 'colissimo.fr', 'chronopost.fr', 'lapostemobile.fr', 'laposte.com'],
  },
  { names: ['labanquepostale', 'banquepostale'], domains: ['labanquepostale.fr', 'labanquepostale.com'] },
  { names: ['mondialrelay'], domains: ['mondialrelay.fr', 'mondialrelay.com'] },
  {
    names: [],
    common: ['dhl', 'ups', 'dpd', 'gls', 'fedex'],
    domains: ['dhl.com', 'dhl.fr', 'ups.com', 'dpd.com', 'dpd.fr', 'gls-group.eu', 'gls-group.com', 'fedex.com'],
  },
  {
    names: ['creditagricole'],
    domains: ['credit-agricole.fr', 'credit-agricole.com', 'creditagricole.fr', 'ca-finistere.fr', 'ca-bretagne.fr'],
  },
  {
    names: ['bnpparibas'],
    common: ['bnp', 'hellobank'],
    domains: ['bnpparibas.com', 'bnpparibas.net', 'bnpparibas.fr', 'bnpparibas', 'hellobank.fr', 'group.bnpparibas'],
  },
  { names: ['societegenerale'], domains: ['societegenerale.fr', 'societegenerale.com', 'sg.fr'] },
  {
    names: ['caisseepargne', 'caissedepargne'],
    domains: ['caisse-epargne.fr', 'caisse-epargne.com', 'caissedepargne.fr'],
  },
  { names: ['banquepopulaire'], domains: ['banquepopulaire.fr', 'banquepopulaire.com'] },
  {
    names: ['creditmutuel', 'arkea'],
    domains: ['creditmutuel.fr', 'creditmutuel.com', 'cmb.fr', 'arkea.com', 'cm-arkea.com'],
  },
  {
    names: ['boursorama', 'boursobank', 'fortuneo'],
    common: ['lcl', 'cic', 'bred', 'axa', 'maif', 'macif', 'revolut', 'n26'],
    domains: [
      'boursorama.com',
      'boursobank.com',
      'fortuneo.fr',
      'lcl.fr',
      'cic.fr',
      'bred.fr',
      'axa.fr',
      'axa.com',
      'maif.fr',
      'macif.fr',
      'revolut.com',
      'n26.com',
    ],
  },
  { names: ['impotsgouv', 'dgfip'], common: ['impots', 'impot'], domains: ['impots.gouv.fr'] },
  {
    names: ['assurancemaladie', 'cartevitale', 'ameli'],
    common: ['cpam', 'vitale'],
    domains: ['ameli.fr', 'assurance-maladie.fr', 'sesam-vitale.fr'],
  },
  {
    names: ['francetravail', 'poleemploi', 'moncompteformation', 'franceconnect', 'urssaf'],
    common: ['caf', 'cpf', 'msa'],
    domains: [
      'francetravail.fr',
      'pole-emploi.fr',
      'moncompteformation.gouv.fr',
      'franceconnect.gouv.fr',
      'urssaf.fr',
      'urssaf.org',
      'caf.fr',
      'msa.fr',
      'mon-compte-formation.fr',
    ],
  },
  {
    names: ['servicepublic', 'antai', 'critair'],
    common: ['amendes', 'ants'],
    domains: ['service-public.fr', 'antai.gouv.fr', 'amendes.gouv.fr', 'ants.gouv.fr', 'certificat-air.gouv.fr'],
  },
  {
    names: ['enedis', 'totalenergies', 'sncfconnect'],
    common: ['edf', 'engie', 'sncf', 'navigo'],
    domains: [
      'enedis.fr',
      'edf.fr',
      'engie.fr',
      'engie.com',
      'totalenergies.fr',
      'totalenergies.com',
      'sncf.com',
      'sncf-connect.com',
      'sncf.fr',
      'iledefrance-mobilites.fr',
    ],
  },
  {
    names: ['bouyguestelecom', 'freemobile'],
    common: ['orange', 'sfr', 'sosh', 'ovh'],
    domains: [
      'orange.fr',
      'orange.com',
      'sfr.fr',
      'sfr.com',
      'bouyguestelecom.fr',
      'free.fr',
      'sosh.fr',
      'ovh.com',
      'ovh.net',
      'ovhcloud.com',
      'wanadoo.fr',
    ],
  },
  { names: ['paypal'], domains: ['paypal.com', 'paypal.fr', 'paypal.me'], worldwide: true },
  { names: ['icloud'], common: ['apple'], domains: ['apple.com', 'icloud.com', 'apple.fr', 'applesupport.com'] },
  {
    names: ['microsoft', 'office365', 'microsoftonline'],
    common: ['outlook'],
    domains: [
      'microsoft.com',
      'microsoftonline.com',
      'office.com',
      'office365.com',
      'outlook.com',
      'live.com',
      'microsoft365.com',
    ],
  },
  {
    names: ['amazon', 'netflix', 'facebook', 'instagram', 'whatsapp', 'leboncoin', 'vinted', 'disneyplus', 'doctolib'],
    domains: [
      'amazon.com',
      'netflix.com',
      'facebook.com',
      'instagram.com',
      'whatsapp.com',
      'leboncoin.fr',
      'vinted.fr',
      'vinted.com',
      'disneyplus.com',
      'doctolib.fr',
      'amazonaws.com',
    ],
    worldwide: true,
  },
  {
    names: ['google', 'gmail'],
    domains: ['google.com', 'gmail.com', 'googleusercontent.com', 'googleapis.com'],
    worldwide: true,
  },
  {
    names: ['binance', 'coinbase', 'metamask', 'trustwallet'],
    common: ['ledger', 'kraken'],
    domains: ['binance.com', 'coinbase.com', 'metamask.io', 'trustwallet.com', 'ledger.com', 'kraken.com'],
  },
]

/** Bait words: they urge to act. */
const BAIT = new Set(
  `abonnement account activation actualiser amende antai assistance auth authentification authentication billing client colis compte confirm confirmation
  connexion contravention dossier facture formulaire gouv identification infraction livraison livrer login mesdocuments mobile-id notification
  paiement payment payer pass prelevement reactivation reglement regularisation remboursement remboursements renouvellement renouveler reset secu secur secure
  securise securisee securite security signin suivi support suspendu tracking unlock update updates validation valider verif verifier verification verify vitale
  wallet webmail`.split(/\s+/),
)

const OFFICIAL = new Set(BRANDS.flatMap(({ domains }) => domains))
const SPELLED = [...OFFICIAL]
  .filter((domain) => domain.includes('.'))
  .map((domain) => ({ domain, name: `.${domain.replaceAll('-', '.')}.` }))
const WORLDWIDE = new Set(BRANDS.flatMap(({ names, worldwide }) => (worldwide ? names : [])))
const NAMES = new Set(BRANDS.flatMap(({ names }) => names))
const LONG_NAMES = new RegExp([...NAMES].filter((name) => name.length >= 8).join('|'))
const COMMON = new Set(BRANDS.flatMap(({ common = [] }) => common))

/** Suffixes under which a worldwide brand owns its name: countries', and the oldest generic ones. */
const HONEST_ENDING = /^(com|net|org|[a-z]{2}|(com?|org)\.[a-z]{2})$/

/** Suffixes given by the State only, and hosts that show other sites under a name derived from theirs. */
const ABOVE_SUSPICION = /(^|\.)(gouv\.fr|translate\.goog)$/

/** Names long enough to be worth comparing with look-alikes. */
export const IMITATED: readonly string[] = [...NAMES].filter((name) => name.length >= 5)

export function isOfficial(host: string, domain: string, name: string): boolean {
  const ending = domain.slice(name.length + 1)
  return OFFICIAL.has(domain) || ABOVE_SUSPICION.test(host) || (WORLDWIDE.has(name) && HONEST_ENDING.test(ending))
}

/**
 * Returns an official domain spelled out inside a foreign host: `impots.gouv.fr.example.com`,
 * `paypal-com.example.com`.
 */
export function officialInside(host: string): string | undefined {
  const spelled = `.${host.replaceAll('-', '.')}.`
  // At the very end it is not a disguise, but another name with the same ending: `ville-orange.fr`.
  const found = SPELLED.find(
    ({ name }) => spelled.indexOf(name) + name.length < spelled.length && spelled.includes(name),
  )
  return found?.domain
}

/** Returns the brand names and bait words in a host. */
export function brandsIn(host: string): { brand: string | undefined; isCommon: boolean; bait: string[] } {
  const tokens = host.split(/[.\-_]/)
  const own = tokens.find((token) => NAMES.has(token)) ?? LONG_NAMES.exec(host.replaceAll(/[-_]/g, ''))?.[0]
  const common = tokens.find((token) => COMMON.has(token))
  return { brand: own ?? common, isCommon: own === undefined, bait: tokens.filter((token) => BAIT.has(token)) }
}
