/** Words that unwanted advertising is made of, each enough by itself. */
const SPAM = new Set(
  `airdrop backlinks cialis escort escorts gacor hentai judi judol kamagra levitra maxwin nudes onlinecasino onlyfans payday porn porno pornhub slotgacor
  slot88 togel tramadol viagra webcam-sex xnxx xvideos xxx`.split(/\s+/),
)

/** Words that it uses and honest pages too: two different ones are needed. */
const DOUBTFUL = new Set(
  'bet bets betting bitcoin bonus casino casinos crypto credit forex free jackpot loan loans lottery nft poker profit seo slot slots trading win winner'.split(
    ' ',
  ),
)

/** Long letters without a pause and a number behind them; years and dates are what people write. */
const ROBOT = /^(?=[a-z-]*[a-z]{14})[a-z]+(?:-[a-z]+)*-?(\d{3,})$/
const DATE = /^((19|20)\d\d|(19|20)\d\d[01]\d([0-3]\d)?|[0-3]\d[01]\d((19|20)\d\d)?|\d{5})$/

/** Letters that no word strings together. */
const UNSAYABLE = /[bcdfghjklmnpqrstvwxz]{7,}/

/** The words of unwanted advertising in a text, if there are enough. */
export function spamWordsIn(text: string): string[] {
  const found = text.toLowerCase().split(/[^a-z0-9]+/)
  const strong = found.filter((word) => SPAM.has(word))
  const weak = [...new Set(found.filter((word) => DOUBTFUL.has(word)))]
  return strong.length > 0 ? strong : weak.length >= 2 ? weak : []
}

/** Whether a chosen slug is of a kind that robots make and people do not: long words with a number behind them. */
export function isOfRobots(slug: string): boolean {
  const text = slug.toLowerCase()
  const number = ROBOT.exec(text)?.[1]
  return (number !== undefined && !DATE.test(number)) || UNSAYABLE.test(text)
}
