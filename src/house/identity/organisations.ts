import { randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { SecurityLog } from './security-log.ts'
import { readFields } from '../../platform/refusals.ts'
import { readLine } from '../../platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { IdentityTables, OrganisationRole } from './tables.ts'

const SLUG = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/

/** An organisation, with the role of one person. */
export interface OrganisationLine {
  id: string
  slug: string
  name: string
  role: OrganisationRole
}

/** An organisation with all its members. */
export interface Organisation {
  id: string
  slug: string
  name: string
  membership: string | null
  people: { account: string; name: string; login: string; role: OrganisationRole }[]
}

/** Organisations (legal persons). Each has several members with a role: manager, contributor, reader. */
export class Organisations {
  readonly #db: Kysely<IdentityTables>
  readonly #securityLog: SecurityLog

  constructor(db: Kysely<IdentityTables>, securityLog: SecurityLog) {
    this.#db = db
    this.#securityLog = securityLog
  }

  /**
   * Creates an organisation.
   *
   * @returns its id
   * @throws Refusal `slug-invalid`, `slug-taken`, `name-invalid`, `text-has-zero-byte`, `text-too-long`
   */
  async make(
    db: Kysely<IdentityTables>,
    { slug, name, by }: { slug: string; name: string; by: string | null },
  ): Promise<string> {
    const read = readFields({ name: () => readName(name), slug: () => readSlug(slug) })
    const id = randomUUIDv7()
    const made = await db
      .insertInto('organisation')
      .values({ id, ...read })
      .onConflict((conflict) => conflict.column('slug').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!made) throw refuse('slug-taken', { slug })
    await this.#securityLog.write(db, { action: 'organisation.made', actor: by, organisation: id, detail: { slug } })
    return id
  }

  async rename(db: Kysely<IdentityTables>, id: string, name: string, by: string): Promise<void> {
    await db
      .updateTable('organisation')
      .set({ name: readName(name) })
      .where('id', '=', id)
      .execute()
    await this.#securityLog.write(db, { action: 'organisation.renamed', actor: by, organisation: id })
  }

  async ofPerson(account: string): Promise<OrganisationLine[]> {
    return this.#db
      .selectFrom('organisation_person')
      .innerJoin('organisation', 'organisation.id', 'organisation_person.organisation')
      .select(['organisation.id', 'slug', 'name', 'role'])
      .where('account', '=', account)
      .orderBy('name')
      .execute()
  }

  async search(text = ''): Promise<{ id: string; slug: string; name: string; people: number }[]> {
    const pattern = `%${text
      .trim()
      .toLowerCase()
      .replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
    const { rows } = await sql<{ id: string; slug: string; name: string; people: number }>`
      select id, slug, name, (select count(*)::int from identity.organisation_person p where p.organisation = organisation.id) as people
      from identity.organisation where lower(name) like ${pattern} or slug like ${pattern} order by lower(name) limit 200`.execute(
      this.#db,
    )
    return rows
  }

  /** @throws Refusal `not-found` */
  async get(id: string): Promise<Organisation> {
    const row = await this.#db
      .selectFrom('organisation')
      .select(['id', 'slug', 'name', 'membership'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw refuse('not-found')
    const people = await this.#db
      .selectFrom('organisation_person')
      .innerJoin('account', 'account.id', 'organisation_person.account')
      .select(['account', 'account.name', 'account.login', 'role'])
      .where('organisation', '=', id)
      .orderBy('account.name')
      .execute()
    return { ...row, people }
  }

  async roleOf(account: string, organisation: string, db = this.#db): Promise<OrganisationRole | undefined> {
    const row = await db
      .selectFrom('organisation_person')
      .select('role')
      .where('account', '=', account)
      .where('organisation', '=', organisation)
      .executeTakeFirst()
    return row?.role
  }

  /** Adds a member, or changes their role. */
  async admit(
    db: Kysely<IdentityTables>,
    organisation: string,
    account: string,
    role: OrganisationRole,
    by: string | null,
  ): Promise<void> {
    if (role !== 'manager') await this.#keepOneManager(db, organisation, account)
    await db
      .insertInto('organisation_person')
      .values({ organisation, account, role })
      .onConflict((conflict) => conflict.columns(['organisation', 'account']).doUpdateSet({ role }))
      .execute()
    await this.#securityLog.write(db, {
      action: 'organisation.joined',
      actor: by,
      subject: account,
      organisation,
      detail: { role },
    })
  }

  /**
   * Removes a member.
   *
   * @throws Refusal `last-manager` when the other members would have no manager
   */
  async dismiss(db: Kysely<IdentityTables>, organisation: string, account: string, by: string): Promise<void> {
    await this.#keepOneManager(db, organisation, account)
    const { numDeletedRows } = await db
      .deleteFrom('organisation_person')
      .where('organisation', '=', organisation)
      .where('account', '=', account)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw refuse('not-found')
    await this.#securityLog.write(db, { action: 'organisation.left', actor: by, subject: account, organisation })
  }

  async #keepOneManager(db: Kysely<IdentityTables>, organisation: string, without: string): Promise<void> {
    const managers = await db
      .selectFrom('organisation_person')
      .select(['account', 'role'])
      .where('organisation', '=', organisation)
      .where('role', '=', 'manager')
      .forUpdate()
      .execute()
    if (managers.length === 1 && managers[0]?.account === without) throw refuse('last-manager')
  }
}

function readName(text: string): string {
  const name = readLine(text, { longest: 200 })
  if (name === '') throw refuse('name-invalid')
  return name
}

function readSlug(slug: string): string {
  if (!SLUG.test(slug)) throw refuse('slug-invalid')
  return slug
}
