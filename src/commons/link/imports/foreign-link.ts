/** A short link as another software had it. */
export interface ForeignLink {
  /** Byte for byte. */
  slug: string
  /** As it was written there. */
  url: string
  title: string | null
  tags: string[]
  clicks: number
  /** Null: not known, or no moment of the past. */
  createdAt: Temporal.Instant | null
  /** From when on it is over; null: never, or not known. */
  endsAt: Temporal.Instant | null
  /** Whether it was disabled there, or taken down. */
  isDisabled: boolean
}
