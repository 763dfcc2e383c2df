/** Spam words, each sufficient alone. */
const SPAM = new Set(
  `airdrop backlinks cialis escort escorts gacor hentai judi judol kamagra levitra maxwin nudes onlinecasino onlyfans payday porn porno pornhub slotgacor
  slot88 togel tramadol viagra webcam-sex xnxx xvideos xxx`.split(/\s+/),
)

/** Words of spam and of honest pages: two different ones are needed. */
const DOUBTFUL = new Set(
  'bet bets betting bitcoin bonus casino casinos crypto credit forex free jackpot loan loans lottery nft poker profit seo slot slots trading win winner'.split(
    ' ',
  ),
)

/** A long run of letters followed by a number, as robots write; people write years and dates. */
const ROBOT = /^(?=[a-z-]*[a-z]{14})[a-z]+(?:-[a-z]+)*-?(\d{3,})$/
const DATE = /^((19|20)\d\d|(19|20)\d\d[01]\d([0-3]\d)?|[0-3]\d[01]\d((19|20)\d\d)?|\d{5})$/

/** Consonants that no word combines. */
const UNSAYABLE = /[bcdfghjklmnpqrstvwxz]{7,}/

/** Returns the spam words of a text, if there are enough. */
export function spamWordsIn(text: string): string[] {
  const found = text.toLowerCase().split(/[^a-z0-9]+/)
  const strong = found.filter((word) => SPAM.has(word))
  const weak = [...new Set(found.filter((word) => DOUBTFUL.has(word)))]
  return strong.length > 0 ? strong : weak.length >= 2 ? weak : []
}

/** Whether a chosen slug looks generated: long words followed by a number. */
export function isOfRobots(slug: string): boolean {
  const text = slug.toLowerCase()
  const number = ROBOT.exec(text)?.[1]
  return (number !== undefined && !DATE.test(number)) || UNSAYABLE.test(text)
}
