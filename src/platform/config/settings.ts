import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { CATEGORIES } from '../moderation/categories.ts'

/** What a setting's schema says besides its type: read by the loader, by `bagad config` and by the documentation. */
export interface SettingOptions {
  /** Environment variable that overrides the file. */
  env?: string
  /** What is accepted, in words, for the error message. */
  expected: string
  description: string
  /** Masked wherever settings are printed. */
  secret?: boolean
}

const HOST_NAME = '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$'

/** A setting that is a text. */
export const text = (description: string, value = '', options: Partial<SettingOptions> = {}) =>
  Type.String({ default: value, maxLength: 2000, expected: 'a text', description, ...options })
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)
const optionalText = (description: string, options: Partial<SettingOptions>) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 2000, expected: 'a text', description, ...options }))
/** A setting that is a list of texts. */
export const texts = (description: string, value: string[], options: Partial<SettingOptions> = {}) =>
  Type.Array(Type.String(), {
    default: value,
    expected: 'a list of texts (in the environment: separated by commas)',
    description,
    ...options,
  })
/** A setting that is one of several words. */
export const choice = <T extends string>(
  values: T[],
  value: T,
  description: string,
  options: Partial<SettingOptions> = {},
) =>
  // A union made of a list has no static type of its own.
  Type.Unsafe<T>(
    Type.Union(
      values.map((one) => Type.Literal(one)),
      { default: value, expected: values.map((one) => `"${one}"`).join(' or '), description, ...options },
    ),
  )
const group = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false, expected: 'a table' })
/** A setting that is a number of things or days. */
export const count = (description: string, value: number, most = 1000) =>
  Type.Integer({ default: value, minimum: 0, maximum: most, expected: `a whole number from 0 to ${most}`, description })
const hostName = (description: string, options: Partial<SettingOptions> & { default?: string } = {}) =>
  Type.String({
    pattern: HOST_NAME,
    maxLength: 253,
    expected: 'a host name in lower case, without a port',
    description,
    ...options,
  })
const colour = (description: string) =>
  Type.String({ pattern: '^#[0-9a-fA-F]{6}$', expected: 'a colour such as #0b5c7a', description })

/** Settings that every service has, under `[services.<name>]`. */
const CommonSettings = {
  enabled: Type.Boolean({ default: true, expected: 'true or false', description: 'Whether the service runs.' }),
  host: optional(
    hostName('First part of its host (`liens` gives liens.<domain>), or a whole host name when it has a dot.'),
  ),
  aliases: texts('Other host names that lead to it, whole: old domains stay alive.', []),
}

/** Every setting of the platform. Names in `bagad.toml` are these; `env` names the variable that overrides one. */
export const Settings = group({
  domain: hostName('The bare domain: the portal answers there, each service on its own host below it.', {
    default: 'localhost',
    env: 'BAGAD_DOMAIN',
  }),
  port: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    env: 'BAGAD_PORT',
    expected: 'a whole number from 0 to 65535 (0: any free port)',
    description: 'Port of the web server.',
  }),
  scheme: choice(
    ['http', 'https'],
    'http',
    'How the public reaches the web server: https behind a proxy that holds the certificate.',
    { env: 'BAGAD_SCHEME' },
  ),
  public_port: optional(
    Type.Integer({
      minimum: 1,
      maximum: 65535,
      env: 'BAGAD_PUBLIC_PORT',
      expected: 'a whole number from 1 to 65535',
      description:
        'Port in public addresses when a proxy listens on another one; default: 443 with https, else the port itself.',
    }),
  ),
  metrics_port: Type.Integer({
    default: 8081,
    minimum: 0,
    maximum: 65535,
    env: 'BAGAD_METRICS_PORT',
    expected: 'a whole number from 0 to 65535 (0: any free port)',
    description:
      'Port, on loopback only, of the metrics and of the health of the web process; the worker takes the next one.',
  }),
  listen: texts('Addresses that the web server listens on.', ['127.0.0.1', '::1'], { env: 'BAGAD_LISTEN' }),
  trusted_proxies: texts('Addresses or networks whose X-Forwarded-* headers are believed.', [], {
    env: 'BAGAD_TRUSTED_PROXIES',
  }),
  data: text('Folder of the embedded database and of the files; relative to the checkout.', 'var', {
    env: 'BAGAD_DATA',
    expected: 'a folder',
  }),
  user: optionalText('Unprivileged account that everything runs under when Bagad is started by root.', {
    env: 'BAGAD_USER',
    expected: 'a login name',
  }),
  demo: choice(
    ['auto', 'on', 'off'],
    'auto',
    'Fill a demonstration association: auto does so on a first start without configuration.',
    { env: 'BAGAD_DEMO' },
  ),
  pid_file: optionalText('File that receives the id of the process to signal.', {
    env: 'BAGAD_PID_FILE',
    expected: 'a file name',
  }),
  database_url: optionalText('PostgreSQL 15 or newer to use instead of the embedded one.', {
    env: 'DATABASE_URL',
    expected: 'an address such as postgres://bagad:…@host/bagad',
    secret: true,
  }),
  key_file: optionalText(
    'File of the secret from which the instance derives its keys; default: instance.key in the data folder, made at the first start.',
    {
      env: 'BAGAD_KEY_FILE',
      expected: 'a file name',
    },
  ),
  limits: choice(
    ['normal', 'relaxed'],
    'normal',
    'relaxed switches off rates, proof of work and the quarantine of new content, for tests on loopback.',
    {
      env: 'BAGAD_LIMITS',
    },
  ),
  mail: group({
    smtp_url: optionalText('Mail server that takes our letters, with name and password where it asks for them.', {
      env: 'SMTP_URL',
      expected: 'an address such as smtp://user:password@smtp.example.org:587',
      secret: true,
    }),
    relay: optional(
      Type.String({
        pattern: '^[\\w.-]+:\\d{1,5}$',
        env: 'BAGAD_SMTP_RELAY',
        expected: 'a host and a port, such as 127.0.0.1:25',
        description:
          'The same in short, for a server that asks for no password; default: the one of this machine, port 25.',
      }),
    ),
    sender: optional(
      Type.String({
        pattern: '^[^\\s@<>,;:]+@[^\\s@<>,;:]+$',
        env: 'BAGAD_MAIL_SENDER',
        expected: 'an e-mail address',
        description: 'Address that our letters come from; default: the address to write to, else noreply@ the domain.',
      }),
    ),
  }),
  s3: group({
    bucket: optionalText(
      'Bucket that keeps what is large (pictures, files); without one it is kept below the data folder.',
      { env: 'S3_BUCKET' },
    ),
    endpoint: optionalText('Address of the S3 server; default: Amazon.', {
      env: 'S3_ENDPOINT',
      expected: 'an address such as https://s3.example.org',
    }),
    region: text('Region of the bucket, as the server calls it.', 'us-east-1', { env: 'S3_REGION' }),
    access_key_id: optionalText('Name of the key that opens the bucket.', { env: 'S3_ACCESS_KEY_ID' }),
    secret_access_key: optionalText('The key itself.', { env: 'S3_SECRET_ACCESS_KEY', secret: true }),
    path_style: Type.Boolean({
      default: true,
      env: 'S3_PATH_STYLE',
      expected: 'true or false',
      description:
        'Whether the bucket stands in the path of addresses (Garage, MinIO, Ceph) rather than before the host.',
    }),
  }),
  backup: group({
    folder: optionalText(
      'Folder that a copy of everything is put into each night, on another disk if there is one; without one, none is made.',
      {
        env: 'BAGAD_BACKUP_FOLDER',
        expected: 'a folder',
      },
    ),
    recipients: texts(
      'Who can read the copies: recipients of age (https://age-encryption.org); none: they are not encrypted, and have no key of the instance.',
      [],
      {
        env: 'BAGAD_BACKUP_RECIPIENTS',
        expected: 'a list of texts that begin with age1 (in the environment: separated by commas)',
      },
    ),
    keep_daily: count('Days of which the last copy is kept.', 7),
    keep_weekly: count('Weeks of which the last copy is kept.', 5),
    keep_monthly: count('Months of which the last copy is kept.', 12),
    before_migrations: Type.Boolean({
      default: true,
      env: 'BAGAD_BACKUP_BEFORE_MIGRATIONS',
      expected: 'true or false',
      description: 'Whether the database is copied before a new version changes what is in it.',
    }),
  }),
  moderation: group({
    recipients: texts(
      'Who can read evidence that the desk keeps: recipients of age; none: those of the backups. Without any, none can be kept.',
      [],
      {
        env: 'BAGAD_MODERATION_RECIPIENTS',
        expected: 'a list of texts that begin with age1 (in the environment: separated by commas)',
      },
    ),
    two_people: Type.Array(Type.Union(CATEGORIES.map((category) => Type.Literal(category))), {
      default: [],
      env: 'BAGAD_MODERATION_TWO_PEOPLE',
      expected: `a list of ${CATEGORIES.join(', ')} (in the environment: separated by commas)`,
      description: 'Categories of content that two people must want removed; after the first it is set aside.',
    }),
  }),
  log_level: choice(['debug', 'info', 'warn', 'error'], 'warn', 'Least level of the lines in the log.', {
    env: 'BAGAD_LOG_LEVEL',
  }),
  access_log: Type.Boolean({
    default: true,
    env: 'BAGAD_ACCESS_LOG',
    expected: 'true or false',
    description: 'Whether answered requests are noted in `<data>/log`: shortened addresses, kept 14 days.',
  }),
  language: choice(['fr', 'en'], 'fr', 'Language when the reader asks for none that is known.'),
  time_zone: text('Zone of civil dates.', 'Europe/Paris', { expected: 'a zone such as Europe/Paris' }),
  association: group({
    name: text('Name of the association.'),
    promise: text('What it does, in one sentence (French).'),
    promise_en: text('The same in English; empty: the French.'),
    about: text('Who it is, in a few sentences (French).'),
    about_en: text('The same in English; empty: the French.'),
    town: text('Town, as in « à Brest ».'),
    department: Type.String({
      default: '',
      pattern: '^(\\d{2}|2[AB]|)$',
      expected: 'the number of a French département, such as "29"',
      description: 'Département, shown on the map of the portal.',
    }),
    website: text('Its own site, when it has another.', '', { expected: 'an address' }),
    join: text('Where one joins.', '', { expected: 'an address' }),
    email: text('Address to write to.', '', { expected: 'an e-mail address' }),
    postal_address: text('Postal address, lines separated by commas.'),
    phone: text('Telephone.'),
    colour: optional(colour('Colour of what can be acted upon, instead of our sea blue.')),
    accent: optional(colour('Colour of its voice, instead of our ochre.')),
  }),
  admin: group({
    login: optionalText('Login of the first administrator, who is made when there is none.', {
      env: 'BAGAD_ADMIN_LOGIN',
      expected: 'a login such as anne',
    }),
    email: optionalText('Mail address of the first administrator.', {
      env: 'BAGAD_ADMIN_EMAIL',
      expected: 'an e-mail address',
    }),
    password: optionalText('Password of the first administrator; not needed any more once that one is there.', {
      env: 'BAGAD_ADMIN_PASSWORD',
      secret: true,
    }),
  }),
  membership: group({
    lapse: choice(
      ['tell', 'suspend', 'close'],
      'tell',
      'What becomes of the account of who is here as a member alone, once the membership is over: its person is told and nothing more; it is put to rest; it is put to rest and then closed.',
      { env: 'BAGAD_MEMBERSHIP_LAPSE' },
    ),
    grace_days: count('Days after the last notice for which such an account stays as it is.', 30),
  }),
  legal: group({
    registration: text('Registration of the association (RNA, SIREN).'),
    publisher: text('Person answerable for publication.'),
    host_name: text('Name of who hosts the servers; empty: the association itself.'),
    host_address: text('Postal address and telephone of the host.'),
    abuse_email: text('Address for reports of unlawful content; default: the address to write to.', '', {
      expected: 'an e-mail address',
    }),
  }),
  chatons: group({
    protocol: text(
      'Version of the ChatonsInfos protocol that our files are said to follow; empty: the one that they do.',
      '',
      {
        expected: 'a text such as ChatonsInfos-0.5',
      },
    ),
  }),
  // A service's own settings stand beside these.
  services: Type.Record(Type.String(), Type.Object(CommonSettings, { expected: 'a table' }), {
    default: {},
    expected: 'a table',
  }),
})

/** The effective configuration of a process; immutable once loaded. */
export type Config = Readonly<Static<typeof Settings>>

/** The settings of one service, beside those that every service has. */
export type ServiceSettings = TObject

/**
 * Declares the settings of a service, below `[services.<name>]`; made of `count`, `choice`, `text`, `texts`.
 *
 * @example
 * export const settings = defineSettings({ days: count('Days for which a note is shown.', 30) })
 */
export function defineSettings<Shape extends Record<string, TSchema>>(shape: Shape): TObject<Shape> {
  return group(shape)
}

/**
 * A service's own settings, as they are in force.
 *
 * @example
 * const { days } = settingsOf(config, 'board', settings)
 */
export function settingsOf<Schema extends TObject>(config: Config, service: string, schema: Schema): Static<Schema> {
  const known = Object.keys(schema.properties)
  const own = Object.entries(config.services[service] ?? {}).filter(([name]) => known.includes(name))
  const settings: unknown = Object.fromEntries(own)
  if (!Value.Check(schema, settings)) throw new Error(`the settings of ${service} were not loaded`)
  return settings
}
