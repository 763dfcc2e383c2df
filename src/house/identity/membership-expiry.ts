import { sql, type Kysely } from 'kysely'
import type { PersonalData } from '../../platform/access/personal-data.ts'
import type { Config } from '../../platform/config/settings.ts'
import type { Account, Accounts } from './accounts.ts'
import { forEachSettled } from './for-each-settled.ts'
import { CLOSING_DAYS, type AccountClosure } from './account-closure.ts'
import type { AccountEmails } from './emails.ts'
import { EXPIRY_STAGES, type IdentityTables, type ExpiryStage } from './tables.ts'

/** Days before the last day of a membership at which the member is notified. */
const DAYS_BEFORE: Partial<Record<ExpiryStage, number>> = { month: 30, week: 7, day: 0 }

/**
 * Days between the reminder and the start of the closure; the reminder itself comes at least as many days after the
 * suspension.
 */
const REMINDED_FOR = 14

/** A membership that ends, and the last stage that was carried out for that end. */
export interface ExpiringMembership {
  until: Temporal.PlainDate
  told: ExpiryStage | null
  toldOn: Temporal.PlainDate | null
  /** Whether the person is only a member: no other role in force, and no organisation. */
  isMemberAlone: boolean
  state: Account['state']
}

/** What happens to accounts whose membership is over. */
export interface ExpiryPolicy extends Pick<Config['membership'], 'lapse' | 'grace_days'> {
  /** Days for which the services keep a former member's data: the longest of their plans. */
  planDays: number
}

/**
 * The stage that is due for a membership that ends; undefined when it was carried out or its day has not come. A late
 * notice is sent now, and the following delays count from it.
 */
export function dueStage(
  { until, told, toldOn, isMemberAlone, state }: ExpiringMembership,
  today: Temporal.PlainDate,
  policy: ExpiryPolicy,
): ExpiryStage | undefined {
  const left = today.until(until).days
  const notice = EXPIRY_STAGES.findLast((stage) => left <= (DAYS_BEFORE[stage] ?? -Infinity))
  const isTold = told !== null && notice !== undefined && EXPIRY_STAGES.indexOf(told) >= EXPIRY_STAGES.indexOf(notice)
  if (state === 'active' && notice && !isTold) return notice
  if (!isMemberAlone || !toldOn || policy.lapse === 'tell') return undefined
  const since = toldOn.until(today).days
  if (told === 'day' && state === 'active') return since > policy.grace_days ? 'suspended' : undefined
  if (state !== 'suspended' || policy.lapse === 'suspend') return undefined
  if (told === 'suspended')
    return since >= Math.max(REMINDED_FOR, policy.planDays - REMINDED_FOR) ? 'reminded' : undefined
  return told === 'reminded' && since >= REMINDED_FOR ? 'closing' : undefined
}

interface MembershipExpiryNeeds {
  db: Kysely<IdentityTables>
  accounts: Accounts
  accountClosure: AccountClosure
  emails: AccountEmails
  policy: Config['membership']
  today: () => Temporal.PlainDate
  holders: () => ReadonlyMap<string, PersonalData>
}

/** Follows memberships that end: notifies the members, then applies the policy. */
export class MembershipExpiry {
  readonly #needs: MembershipExpiryNeeds

  constructor(needs: MembershipExpiryNeeds) {
    this.#needs = needs
  }

  /**
   * Carries out the stages that are due today, each with its e-mail in one transaction. An interrupted run is completed
   * by the next one, and a failure for one person does not stop the others.
   *
   * @returns the number of people concerned
   * @throws AggregateError at the end, with every failure
   */
  async follow(): Promise<number> {
    const { db, accounts, today } = this.#needs
    const { rows } = await sql<Omit<ExpiringMembership, 'state'> & { account: string }>`
      select member.account, member.until, case when told_for = until then told end as told, told_on as "toldOn",
        not exists (
          select from identity.role_grant other
          where other.account = member.account and other.role <> 'member' and (other.until is null or other.until >= ${today().toString()}::date)
        ) and not exists (select from identity.organisation_person acting where acting.account = member.account) as "isMemberAlone"
      from identity.role_grant member join identity.account on account.id = member.account
      where role = 'member' and until <= ${today().add({ days: 30 }).toString()}::date and state in ('active', 'suspended') order by until, member.account`.execute(
      db,
    )
    return forEachSettled(rows, async ({ account: id, ...ending }) => {
      const account = await accounts.get(id)
      const stage = account && dueStage({ ...ending, state: account.state }, today(), this.#policy)
      if (stage) await this.#act(account, stage, ending)
      return stage !== undefined
    })
  }

  /**
   * Restores the accounts that were suspended or closing for an expired membership and whose membership was renewed.
   *
   * @returns the number of restored accounts
   * @throws AggregateError at the end, with every failure
   */
  async wake(): Promise<number> {
    const { db, accounts, accountClosure, emails, today } = this.#needs
    const { rows } = await sql<{ account: string }>`
      select account from identity.role_grant join identity.account on account.id = account
      where role = 'member' and (until is null or until >= ${today().toString()}::date) and until is distinct from told_for
        and told in ('suspended', 'reminded', 'closing') and (state = 'closing' and erase_on = told_on + ${CLOSING_DAYS}::int or state = 'suspended' and state_reason = ${emails.suspensionReason})`.execute(
      db,
    )
    return forEachSettled(rows, async ({ account: id }) => {
      const account = await accounts.get(id)
      const forget = async (transaction: Kysely<IdentityTables>) =>
        void (await this.#record(transaction, id, null, null))
      if (account?.state === 'suspended') await accountClosure.suspend(account, false, '', null, forget)
      else if (account?.state === 'closing') await accountClosure.keep(id, null, forget)
      return true
    })
  }

  get #policy(): ExpiryPolicy {
    const { policy, holders } = this.#needs
    return { ...policy, planDays: Math.max(0, ...[...holders().values()].map(({ keepsForDays = 0 }) => keepsForDays)) }
  }

  async #act(
    account: Account,
    stage: ExpiryStage,
    { until, isMemberAlone }: Pick<ExpiringMembership, 'until' | 'isMemberAlone'>,
  ): Promise<void> {
    const { db, accountClosure, emails, policy, today } = this.#needs
    const isPast = Temporal.PlainDate.compare(until, today()) < 0
    const counted = isPast ? today() : until
    const restsOn = isMemberAlone && policy.lapse !== 'tell' ? counted.add({ days: policy.grace_days + 1 }) : undefined
    const tell = async (transaction: Kysely<IdentityTables>, erasedOn?: string) => {
      const isFirst = await this.#record(transaction, account.id, stage, until)
      if (isFirst)
        await emails.emailMembership(transaction, account, {
          stage,
          until,
          isPast,
          restsOn,
          ...(erasedOn !== undefined && { erasedOn }),
        })
    }
    if (stage === 'suspended') await accountClosure.suspend(account, true, emails.suspensionReason, null, tell)
    else if (stage === 'closing') await accountClosure.close(account, 'anonymise', null, tell)
    else await db.transaction().execute(async (transaction) => tell(transaction))
  }

  /** Records a stage; false when another process already recorded it. Only one process sends the e-mail. */
  async #record(
    db: Kysely<IdentityTables>,
    account: string,
    told: ExpiryStage | null,
    until: Temporal.PlainDate | null,
  ): Promise<boolean> {
    const [day, today] = [until?.toString() ?? null, this.#needs.today().toString()]
    const { numAffectedRows } = await sql`
      update identity.role_grant set told = ${told}, told_for = ${day}::date, told_on = ${told && today}::date
      where account = ${account} and role = 'member' and (told, told_for) is distinct from (${told}::text, ${day}::date)`.execute(
      db,
    )
    return (numAffectedRows ?? 0n) > 0n
  }
}
