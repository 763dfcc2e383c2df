import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { randomInt } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Database } from '../database/database.ts'
import type { InstanceKey } from '../keys/instance-key.ts'

/** Rounds of PBKDF2 for one guess, and how many guesses the browser must make: about a second on a phone. */
const COST = 1500
const GUESSES = { least: 250, most: 750 }

/** How long a challenge may be answered, in minutes: a page may lie open while its form is filled in. */
const GOOD_FOR = 30

/** What a browser sends back, as base64 of JSON (ALTCHA, proof of work 2). */
const Answer = Type.Object({
  challenge: Type.Object({
    parameters: Type.Object({
      algorithm: Type.Literal('PBKDF2/SHA-256'),
      nonce: Type.String({ maxLength: 64 }),
      salt: Type.String({ maxLength: 64 }),
      cost: Type.Literal(COST),
      keyLength: Type.Literal(32),
      keyPrefix: Type.String({ maxLength: 64 }),
      keySignature: Type.Optional(Type.String({ maxLength: 128 })),
      expiresAt: Type.Integer(),
    }),
    signature: Type.String({ maxLength: 128 }),
  }),
  solution: Type.Object({
    counter: Type.Integer({ minimum: 0, maximum: GUESSES.most }),
    derivedKey: Type.String({ maxLength: 64 }),
  }),
})

/** A challenge as the page gets it. */
export type Challenge = Static<typeof Answer>['challenge']

/**
 * A second of a machine's work in place of a picture puzzle: nothing to see, nothing to click, no one asked who they
 * are. The challenge is signed and not kept; an answer is good once.
 */
export class ProofOfWork {
  readonly #database: Database
  readonly #secret: string
  readonly #keySecret: string

  constructor(database: Database, key: InstanceKey) {
    this.#database = database
    this.#secret = key.derive('proof of work').toString('base64url')
    this.#keySecret = key.derive('proof of work, answers').toString('base64url')
  }

  async challenge(now: Temporal.Instant = Temporal.Now.instant()): Promise<Challenge> {
    const made = await createChallenge({
      algorithm: 'PBKDF2/SHA-256',
      cost: COST,
      counter: randomInt(GUESSES.least, GUESSES.most),
      deriveKey,
      expiresAt: Math.floor(now.epochMilliseconds / 1000) + GOOD_FOR * 60,
      hmacSignatureSecret: this.#secret,
      hmacKeySignatureSecret: this.#keySecret,
    })
    return Value.Parse(Answer.properties.challenge, JSON.parse(JSON.stringify(made)))
  }

  /**
   * Whether an answer is right, in time, and used for the first time.
   *
   * @param answer what the page sent; anything else than an answer is simply wrong
   */
  async accept(answer: string): Promise<boolean> {
    const read = readAnswer(answer)
    if (!read) return false
    const { verified } = await verifySolution({
      challenge: read.challenge,
      solution: read.solution,
      deriveKey,
      hmacSignatureSecret: this.#secret,
      hmacKeySignatureSecret: this.#keySecret,
    })
    if (!verified) return false
    const { nonce, expiresAt } = read.challenge.parameters
    const { rowCount } = await this.#database.pool.query(
      'insert into limits.spent_proof (nonce, expires_at) values ($1, to_timestamp($2)) on conflict do nothing',
      [nonce, expiresAt],
    )
    return rowCount === 1
  }
}

function readAnswer(text: string): Static<typeof Answer> | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(text.slice(0, 4000), 'base64').toString())
    return Value.Check(Answer, read) ? read : undefined
  } catch {
    return undefined
  }
}
