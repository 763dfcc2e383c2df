/** A short link of other software. */
export interface ForeignLink {
  /** Byte for byte. */
  slug: string
  /** As the other software stored it. */
  url: string
  title: string | null
  tags: string[]
  clicks: number
  /** Null: unknown, or not in the past. */
  createdAt: Temporal.Instant | null
  /** Its expiry; null: none, or unknown. */
  endsAt: Temporal.Instant | null
  /** Whether it was disabled or removed there. */
  isDisabled: boolean
}
