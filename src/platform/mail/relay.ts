import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { ConfigError } from '../config/load.ts'
import type { Config } from '../config/settings.ts'

/** Bounds of waiting for the relay, in milliseconds. */
const WAITS = { dnsTimeout: 5_000, connectionTimeout: 5_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/**
 * How long a relay that let us wait in vain is left alone, in milliseconds: e-mails must not hold up all other work.
 */
const LEFT_ALONE = 60_000

/** An e-mail as it is handed over. */
export interface OutgoingEmail {
  messageId: string
  date: Temporal.Instant
  from: { name: string; address: string }
  to: string
  replyTo: string | undefined
  language: string
  subject: string
  text: string
  html: string
  pictures: { name: string; png: Buffer }[]
}

/** Why the relay did not take an e-mail. */
export class RelayError extends Error {
  override name = 'RelayError'
  /**
   * Whether it would refuse this e-mail again: it named the recipient or the content, and said never (RFC 5321, 4.2.1).
   */
  readonly isFinal: boolean

  constructor(message: string, isFinal: boolean, cause: unknown) {
    super(message, { cause })
    this.isFinal = isFinal
  }
}

/** The mail server that takes our e-mails and brings them to where they go. */
export class Relay {
  readonly #transport: ReturnType<typeof createTransport>
  #awayUntil = 0

  /** @throws ConfigError when its address is none */
  constructor({ mail, domain }: Pick<Config, 'mail' | 'domain'>) {
    const { host, port, isSecure, user, password } = readRelay(mail)
    this.#transport = createTransport({
      ...WAITS,
      host,
      port,
      secure: isSecure,
      // A relay on this machine often has a self-signed certificate, and loopback cannot be intercepted.
      ignoreTLS: isLoopback(host),
      ...(user && { auth: { user, pass: password } }),
      name: domain,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  /** @throws RelayError when it does not answer or does not want the e-mail */
  async take({
    messageId,
    date,
    from,
    to,
    replyTo,
    language,
    subject,
    text,
    html,
    pictures,
  }: OutgoingEmail): Promise<void> {
    if (Date.now() < this.#awayUntil) throw new RelayError('the relay did not answer a moment ago', false, undefined)
    try {
      await this.#transport.sendMail({
        messageId,
        date: new Date(date.epochMilliseconds),
        from,
        to: { name: '', address: to },
        ...(replyTo && { replyTo: { name: '', address: replyTo } }),
        subject,
        text,
        html,
        attachments: pictures.map(({ name, png }) => ({
          cid: name,
          filename: `${name}.png`,
          contentType: 'image/png',
          contentDisposition: 'inline',
          content: png,
        })),
        // No machine should answer (RFC 3834), nor say that it is away (Exchange).
        headers: {
          'auto-submitted': 'auto-generated',
          'x-auto-response-suppress': 'All',
          'content-language': language,
        },
      })
    } catch (error) {
      if (partOf(error, 'code') === 'ETIMEDOUT') this.#awayUntil = Date.now() + LEFT_ALONE
      throw new RelayError(error instanceof Error ? error.message : String(error), isFinal(error), error)
    }
  }
}

/** What is refused for good at greeting, sign-in or sender is a fault of the relay's configuration, which the operator can correct. */
function isFinal(error: unknown): boolean {
  const command = partOf(error, 'command')
  return partOf(error, 'permanent') === true && (command === 'RCPT TO' || command === 'DATA')
}

function partOf(error: unknown, name: string): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined
}

/** `smtp://user:password@host:port`, `smtps://…`, or the short form `host:port`. */
function readRelay({ smtp_url: url, relay }: Config['mail']): {
  host: string
  port: number
  isSecure: boolean
  user: string
  password: string
} {
  const text = url ?? (relay ? `smtp://${relay}` : 'smtp://127.0.0.1:25')
  if (!URL.canParse(text))
    throw new ConfigError('SMTP_URL is no address: expected one such as smtp://user:password@smtp.example.org:587')
  const { protocol, hostname, port, username, password } = new URL(text)
  const isSecure = protocol === 'smtps:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isSecure ? 465 : username ? 587 : 25),
    isSecure,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
