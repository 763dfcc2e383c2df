import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { PASSWORD, personIn, roomsOf, TestBrowser } from '../../../tests/people.ts'
import { Reader } from '../../platform/language/reader.ts'
import { dueStage, type ExpiringMembership, type ExpiryPolicy } from './membership-expiry.ts'

/** What is done to somebody, and how many days after the last one of the membership, if it is looked at each day. */
function follow(policy: ExpiryPolicy, from = -60, more: Partial<ExpiringMembership> = {}): [string, number][] {
  const until = Temporal.PlainDate.from('2027-02-28')
  const ending: ExpiringMembership = { until, told: null, toldOn: null, isMemberAlone: true, state: 'active', ...more }
  const acts: [string, number][] = []
  for (let day = from; day < 400; day++) {
    const today = until.add({ days: day })
    const stage = dueStage(ending, today, policy)
    if (!stage) continue
    acts.push([stage, day])
    Object.assign(
      ending,
      { told: stage, toldOn: today },
      stage === 'suspended' && { state: 'suspended' },
      stage === 'closing' && { state: 'closing' },
    )
  }
  return acts
}

const NOTICES: [string, number][] = [
  ['month', -30],
  ['week', -7],
  ['day', 0],
]

describe('what is due', () => {
  test('three notices, whatever the house has decided; nothing more where it has decided nothing', () => {
    expect(follow({ lapse: 'tell', grace_days: 30, planDays: 0 })).toEqual(NOTICES)
  })

  test.each<[ExpiryPolicy, Record<string, number>]>([
    [{ lapse: 'suspend', grace_days: 30, planDays: 180 }, { suspended: 31 }],
    [
      { lapse: 'close', grace_days: 30, planDays: 180 },
      { suspended: 31, reminded: 197, closing: 211 },
    ],
    [
      { lapse: 'close', grace_days: 0, planDays: 0 },
      { suspended: 1, reminded: 15, closing: 29 },
    ],
  ])(
    'with %o the account rests after the grace, and closes after the longest plan of the services, with a reminder a fortnight before',
    (policy, acts) => {
      expect(follow(policy)).toEqual([...NOTICES, ...Object.entries(acts)])
    },
  )

  test('whoever was not told in time is told first, and has the whole grace from then', () => {
    const late = follow({ lapse: 'close', grace_days: 30, planDays: 90 }, 200)
    expect(Object.fromEntries(late)).toEqual({ day: 200, suspended: 231, reminded: 307, closing: 321 })
    expect(Object.fromEntries(follow({ lapse: 'tell', grace_days: 30, planDays: 0 }, -3))).toEqual({ week: -3, day: 0 })
  })

  test('who is here for something else too is told, and never put to rest', () => {
    expect(follow({ lapse: 'close', grace_days: 1, planDays: 0 }, -60, { isMemberAlone: false })).toEqual(NOTICES)
  })

  test('whom the house has put to rest by itself is left alone', () => {
    expect(follow({ lapse: 'close', grace_days: 1, planDays: 0 }, -60, { state: 'suspended' })).toEqual([])
  })
})

describe('a membership that ends', () => {
  let it: TestInstance
  beforeAll(async () => {
    it = await openTestInstance({ env: { BAGAD_MEMBERSHIP_LAPSE: 'close' } })
  })
  afterAll(() => it[Symbol.asyncDispose]())

  const query = async <Row extends object>(text: string, values: unknown[]) =>
    (await it.instance.platform.database.pool.query<Row>(text, values)).rows
  const lettersTo = async (login: string) =>
    (
      await query<{ subject: string }>('select subject from outbox.email where recipient = $1 order by id', [
        `${login}@example.org`,
      ])
    ).map(({ subject }) => subject)
  const stateOf = async (login: string) =>
    (await query<{ state: string }>('select state from identity.account where login = $1', [login]))[0]?.state
  const inDays = (days: number) => it.instance.platform.today().add({ days })

  /** A member until so many days from now. */
  async function member(login: string, days: number): Promise<string> {
    const id = await personIn(it, login, { password: PASSWORD })
    await renew(id, days)
    return id
  }
  const renew = (id: string, days: number) =>
    roomsOf(it).roles.grant(roomsOf(it).db, id, 'member', { by: null, until: inDays(days) })

  /** Lets days pass for somebody. */
  const pass = (id: string, days: number) =>
    query(
      `update identity.role_grant set until = until - $2::int, told_for = told_for - $2::int, told_on = told_on - $2::int where account = $1 and role = 'member'`,
      [id, days],
    )
  /** Looks at memberships twice, as two runs of one day: the second does nothing. */
  async function look(): Promise<number> {
    const { membershipExpiry } = roomsOf(it)
    const acts = await membershipExpiry.follow()
    expect(await membershipExpiry.follow()).toBe(0)
    return acts
  }

  test('is told at thirty days, seven and none; then the account rests, is reminded, closes, and is erased from the thirtieth day on', async () => {
    const id = await member('riwal', 31)
    const toldFirst = inDays(0)
    const browser = new TestBrowser(it)
    await browser.signIn('riwal')
    expect((await browser.ask('id', '/compte')).text).toContain(
      `Votre adhésion se termine le ${new Reader('fr', 'Europe/Paris').date(inDays(31))}`,
    )
    expect(await look()).toBe(0)
    const course: [days: number, subject?: string][] = [
      [1, 'se termine'],
      [22],
      [1, 'se termine'],
      [6],
      [1, 'se termine'],
      [30],
      [1, 'est en sommeil'],
      [13],
      [1, 'va bientôt se fermer'],
      [13],
    ]
    for (const [days, subject] of course) {
      const before = await lettersTo('riwal')
      await pass(id, days)
      expect(await look()).toBe(subject ? 1 : 0)
      const subjects = (await lettersTo('riwal')).slice(before.length)
      expect([subjects.length, subjects.join()]).toEqual([subject ? 1 : 0, expect.stringContaining(subject ?? '')])
    }
    expect(await stateOf('riwal')).toBe('suspended')
    expect((await browser.signIn('riwal')).status).not.toBe(303)
    await pass(id, 1)
    expect(await look()).toBe(1)
    const [first] = await query<{ text: string }>(
      `select text from outbox.email where recipient = 'riwal@example.org' order by id limit 1`,
      [],
    )
    expect(first?.text).toContain(
      `mis en sommeil le ${new Reader('fr', 'Europe/Paris').date(toldFirst.add({ days: 30 + 31 }))}`,
    )
    const [account] = await query<{ state: string; state_reason: string; erase_on: Temporal.PlainDate }>(
      'select * from identity.account where id = $1',
      [id],
    )
    expect(account).toMatchObject({ state: 'closing', state_reason: 'anonymise', erase_on: inDays(30) })
    const [letter] = await query<{ subject: string; text: string }>(`select subject, text from outbox.email where recipient = 'riwal@example.org' order by id desc limit 1`, []) // prettier-ignore
    expect(letter).toMatchObject({
      subject: 'Votre compte va être effacé',
      text: expect.stringContaining('/compte/donnees'),
    })
    // Until then its person may come in, take everything along, or stay.
    expect((await browser.signIn('riwal')).status).toBe(303)
    await renew(id, 300)
    expect([await roomsOf(it).membershipExpiry.wake(), await stateOf('riwal')]).toEqual([1, 'active'])
  })

  test('and is renewed wakes the account, and begins anew', async () => {
    const id = await member('sezny', -200)
    await look()
    await pass(id, 31)
    await look()
    expect(await stateOf('sezny')).toBe('suspended')
    await renew(id, 20)
    expect(await roomsOf(it).membershipExpiry.wake()).toBe(1)
    expect(await roomsOf(it).membershipExpiry.wake()).toBe(0)
    expect(await stateOf('sezny')).toBe('active')
    expect(await look()).toBe(1)
    expect(await lettersTo('sezny')).toHaveLength(3)
  })

  test('leaves alone whom the house had put to rest for another reason, also when it is renewed', async () => {
    const id = await member('tudi', -1)
    await look()
    const account = await roomsOf(it).accounts.get(id)
    if (account) await roomsOf(it).accountClosure.suspend(account, true, 'pourriel', null)
    await pass(id, 40)
    expect(await look()).toBe(0)
    await renew(id, 300)
    expect([await roomsOf(it).membershipExpiry.wake(), await stateOf('tudi')]).toEqual([0, 'suspended'])
  })

  test('puts nobody to rest who acts for an organisation, or has another role', async () => {
    const { db, organisations, roles } = roomsOf(it)
    const [acts, works] = [await member('ujan', -1), await member('visant', -1)]
    await db.transaction().execute(async (transaction) => {
      const crew = await organisations.make(transaction, { slug: 'equipage', name: 'Équipage', by: null })
      await transaction
        .insertInto('organisation_person')
        .values({ organisation: crew, account: acts, role: 'reader' })
        .execute()
      await roles.grant(transaction, works, 'volunteer', { by: null })
    })
    expect(await look()).toBe(2)
    for (const id of [acts, works]) await pass(id, 100)
    expect(await look()).toBe(0)
    const [letter] = await query<{ subject: string; text: string }>(
      `select subject, text from outbox.email where recipient = 'visant@example.org'`,
      [],
    )
    expect(letter).toMatchObject({
      subject: expect.stringContaining('s’est terminée le'),
      text: expect.stringContaining('Votre compte reste là'),
    })
  })

  test('is told once by two processes that look at the same moment', async () => {
    await member('yeun', 3)
    const { membershipExpiry } = roomsOf(it)
    await Promise.all([membershipExpiry.follow(), membershipExpiry.follow(), membershipExpiry.follow()])
    expect(await lettersTo('yeun')).toHaveLength(1)
  })

  test('whose person asked to leave by themselves is not kept by a renewal', async () => {
    const id = await member('zenon', -1)
    await query(
      `update identity.role_grant set told = 'closing', told_for = until, told_on = current_date - 9 where account = $1`,
      [id],
    )
    const account = await roomsOf(it).accounts.get(id)
    if (account) await roomsOf(it).accountClosure.close(account, 'delete', id)
    await renew(id, 300)
    expect([await roomsOf(it).membershipExpiry.wake(), await stateOf('zenon')]).toEqual([0, 'closing'])
  })

  test('and whose account cannot be changed stops nothing for the others', async () => {
    const stuck = await member('a-stuck', -1)
    await member('b-fine', -1)
    await query(
      `create function identity.stuck() returns trigger language plpgsql as $$ begin raise 'stuck'; end $$`,
      [],
    )
    await query(
      `create trigger stuck before update on identity.role_grant for each row when (old.account = '${stuck}') execute function identity.stuck()`,
      [],
    )
    try {
      await expect(roomsOf(it).membershipExpiry.follow()).rejects.toThrow('stuck')
      expect([await lettersTo('a-stuck'), await lettersTo('b-fine')]).toEqual([[], [expect.any(String)]])
    } finally {
      await query('drop function identity.stuck cascade', [])
    }
    expect(await look()).toBe(1)
  })

  test('whose e-mail cannot be written is looked at again: nothing is half done', async () => {
    const id = await member('winoc', -1)
    await look()
    await pass(id, 31)
    await query('alter table outbox.email rename to away', [])
    try {
      await expect(roomsOf(it).membershipExpiry.follow()).rejects.toThrow('outbox.email')
    } finally {
      await query('alter table outbox.away rename to email', [])
    }
    expect(await stateOf('winoc')).toBe('active')
    expect(await look()).toBe(1)
    expect(await stateOf('winoc')).toBe('suspended')
  })
})
