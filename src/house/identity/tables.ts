import type { ColumnType, Generated } from 'kysely'
import type { Role } from '../../platform/access/roles.ts'
import type { Action, Detail } from './security-log.ts'

type Moment = ColumnType<Temporal.Instant, string, string>
type MaybeMoment = ColumnType<Temporal.Instant | null, string | null | undefined, string | null>
type MaybeDay = ColumnType<Temporal.PlainDate | null, string | null | undefined, string | null>

/** Stages of a membership that ends, in order: three notices, then what the policy says. */
export const EXPIRY_STAGES = ['month', 'week', 'day', 'suspended', 'reminded', 'closing'] as const
export type ExpiryStage = (typeof EXPIRY_STAGES)[number]

/** invited: has not accepted yet. closing: will be erased on `erase_on`. erased: only the number is left. */
export type AccountState = 'invited' | 'active' | 'suspended' | 'closing' | 'erased'

/** Roles in an organisation: managers administer it, contributors edit, readers read. */
export const ORGANISATION_ROLES = ['manager', 'contributor', 'reader'] as const
export type OrganisationRole = (typeof ORGANISATION_ROLES)[number]

/** Authentication methods; `pwd` and `otp` as in RFC 8176. */
export type Method = 'pwd' | 'otp' | 'recovery' | 'passkey' | 'invitation' | 'mail'

/** The tables of the schema `identity`. */
export interface IdentityTables {
  account: {
    id: string
    login: string
    name: string
    language: string | null
    kind: Generated<'person' | 'service'>
    state: AccountState
    state_reason: string | null
    erase_on: MaybeDay
    membership: string | null
    user_handle: Buffer
    created_at: Generated<Temporal.Instant>
    last_seen_on: MaybeDay
    /** Blob key. */
    picture: string | null
  }
  former_login: { login: string; account: string; until: ColumnType<Temporal.PlainDate, string, string> }
  email: { address: string; account: string; verified_at: MaybeMoment; is_primary: Generated<boolean> }
  password: { account: string; hash: string; changed_at: ColumnType<Temporal.Instant, string | undefined, string> }
  passkey: {
    id: string
    credential: string
    account: string
    public_key: Buffer
    counter: number
    transports: string[]
    is_backed_up: boolean
    label: string
    created_at: Generated<Temporal.Instant>
    last_used_on: MaybeDay
  }
  totp: { account: string; secret: Buffer; confirmed_at: MaybeMoment; last_step: Generated<number> }
  recovery_code: { account: string; code_hash: Buffer; used_at: MaybeMoment }
  app_password: {
    id: string
    account: string | null
    mailbox: string | null
    prefix: string
    hash: string
    label: string
    scopes: string[]
    created_at: Generated<Temporal.Instant>
    last_used_at: MaybeMoment
    last_network: string | null
    revoked_at: MaybeMoment
  }
  token: {
    id: Generated<number>
    account: string
    token_hash: Buffer
    scopes: string[]
    label: Generated<string>
    expires_at: MaybeMoment
    last_used_on: MaybeDay
    created_at: Generated<Temporal.Instant>
    revoked_at: MaybeMoment
  }
  session: {
    id: string
    token_hash: Buffer
    account: string
    parent: string | null
    host: string
    methods: string[]
    agent: Generated<string>
    network: Generated<string>
    created_at: Generated<Temporal.Instant>
    last_seen_at: ColumnType<Temporal.Instant, string | undefined, string>
    sudo_until: MaybeMoment
    revoked_at: MaybeMoment
    oidc_uid: string | null
  }
  ticket: { token_hash: Buffer; kind: string; account: string | null; data: unknown; expires_at: Moment }
  known_device: { device_hash: Buffer; account: string; seen_on: ColumnType<Temporal.PlainDate, string, string> }
  failure: { key_hash: Buffer; failures: number; free: number; last_at: Moment; until: Moment }
  invitation: {
    id: string
    token_hash: Buffer
    account: string
    address: string
    invited_by: string | null
    created_at: Generated<Temporal.Instant>
    expires_at: Moment
    used_at: MaybeMoment
  }
  recovery: {
    id: string
    token_hash: Buffer
    account: string
    kind: 'mail' | 'vouched'
    created_at: Generated<Temporal.Instant>
    vouched_at: MaybeMoment
    expires_at: Moment
    ended_at: MaybeMoment
  }
  vouching: { recovery: string; account: string; at: Generated<Temporal.Instant> }
  role_grant: {
    account: string
    role: Role
    until: MaybeDay
    granted_by: string | null
    granted_at: Generated<Temporal.Instant>
    told: Generated<ExpiryStage | null>
    told_for: MaybeDay
    told_on: MaybeDay
  }
  organisation: {
    id: string
    slug: string
    name: string
    membership: string | null
    created_at: Generated<Temporal.Instant>
  }
  organisation_person: {
    organisation: string
    account: string
    role: OrganisationRole
    since: Generated<Temporal.Instant>
  }
  security_log: {
    id: Generated<number>
    at: ColumnType<Temporal.Instant, string, never>
    actor: string | null
    subject: string | null
    organisation: string | null
    action: Action
    network: string
    detail: ColumnType<Detail, string, never>
    sum: Buffer
  }
  oidc_payload: {
    kind: string
    id_hash: Buffer
    data: Buffer
    account: string | null
    client: string | null
    grant_hash: Buffer | null
    user_code: Buffer | null
    uid: Buffer | null
    expires_at: MaybeMoment
    consumed_at: MaybeMoment
    made_at: Generated<Temporal.Instant>
  }
  oidc_key: {
    kid: string
    algorithm: string
    data: Buffer
    made_at: Generated<Temporal.Instant>
    retired_at: MaybeMoment
  }
  application: {
    client: string
    roles: Role[]
    is_own: Generated<boolean>
    logo: string | null
    made_by: string | null
    made_at: Generated<Temporal.Instant>
  }
}
