import { type Language, type InEveryLanguage } from './languages.ts'
import type { Say, Words } from './words.ts'

const LOCALES: InEveryLanguage = { fr: 'fr-FR', en: 'en-GB' }
const MINUS = '\u2212'

/** Who reads: their language, and how numbers and dates are written for them. */
export class Reader {
  readonly language: Language
  readonly timeZone: string
  readonly #locale: string

  constructor(language: Language, timeZone: string) {
    this.language = language
    this.timeZone = timeZone
    this.#locale = LOCALES[language]
  }

  /** Says the messages of a folder in the reader's language. */
  say<Key extends string>(words: Words<Key>): Say<Key> {
    return words.in(this.language)
  }

  /** `7 042 412` or `7,042,412`; `decimals` are always written, rounded half away from zero. */
  number(value: number, decimals = 0): string {
    return numbers(this.#locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
      .format(value)
      .replace('-', MINUS)
  }

  /** A share of 100: `46,18 %` or `46.18%`. */
  percent(value: number, decimals = 2): string {
    return this.language === 'fr' ? `${this.number(value, decimals)}\u00a0%` : `${this.number(value, decimals)}%`
  }

  /** A difference, always with its sign; none is `=`. */
  difference(value: number, decimals = 0): string {
    return value === 0 ? '=' : `${value > 0 ? '+' : MINUS}${this.number(Math.abs(value), decimals)}`
  }

  /** A civil date as people say it: `mercredi 3 décembre 2025`. */
  date(
    date: Temporal.PlainDate,
    options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  ): string {
    return dates(this.#locale, { ...options, timeZone: 'UTC' }).format(date.toZonedDateTime('UTC').epochMilliseconds)
  }

  /** A length of time: `4 ans et 6 mois`. */
  duration(length: Temporal.DurationLike): string {
    return durations(this.#locale, { style: 'long' }).format(Temporal.Duration.from(length))
  }

  /** A moment in the association's zone: `3 décembre 2025 à 10:30`. */
  moment(instant: Temporal.Instant): string {
    return dates(this.#locale, { ...MOMENT, timeZone: this.timeZone }).format(instant.epochMilliseconds)
  }
}

const MOMENT = { day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' } as const

const numbers = kept((locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options))
/** Given milliseconds: a value of Temporal is formatted in twenty times as long. */
const dates = kept((locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options))
const durations = kept((locale, options: Intl.DurationFormatOptions) => new Intl.DurationFormat(locale, options))

/** Formats that are made once: making one costs a hundred times more than using it. */
function kept<Options extends object, Format>(make: (locale: string, options: Options) => Format): typeof make {
  const formats = new Map<string, Format>()
  return (locale, options) => {
    const key = locale + JSON.stringify(options)
    const format = formats.get(key) ?? make(locale, options)
    formats.set(key, format)
    return format
  }
}
