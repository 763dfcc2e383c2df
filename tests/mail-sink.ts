/** A real SMTP server on loopback that keeps what it is given, and can be told how to answer. */
import { text } from 'node:stream/consumers'
import { callbackify } from 'node:util'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** An SMTP answer such as 451; nothing is yes. */
type Verdict = number | undefined

export class MailSink implements AsyncDisposable {
  /** Whole e-mails that were taken, as they came. */
  readonly taken: string[] = []
  /** Whole e-mails that came, taken or not. */
  readonly seen: string[] = []
  /** What it says to each recipient, and to each whole e-mail. */
  toRecipient: (address: string) => Verdict = () => undefined
  toLetter: () => Verdict | Promise<Verdict> = () => undefined
  toGreeting: () => Verdict = () => undefined
  port = 0
  #server: SMTPServer | undefined

  static async open(): Promise<MailSink> {
    const sink = new MailSink()
    await sink.listen()
    return sink
  }

  /** Listens, on the same port as before when there was one. */
  async listen(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      closeTimeout: 100,
      onConnect: (_, done) => done(refusal(this.toGreeting())),
      onRcptTo: ({ address }, _, done) => done(refusal(this.toRecipient(address))),
      onData: (stream, _, done) =>
        callbackify(() => this.#receive(stream))((error, verdict) => done(error ?? refusal(verdict))),
    })
    server.on('error', () => {})
    this.port = await new Promise<number>((resolve) => {
      const listening = server.listen(this.port, '127.0.0.1', () => {
        const address = listening.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
    this.#server = server
  }

  async #receive(stream: NodeJS.ReadableStream): Promise<Verdict> {
    const letter = await text(stream)
    this.seen.push(letter)
    const verdict = await this.toLetter()
    if (verdict === undefined) this.taken.push(letter)
    return verdict
  }

  /** Closes its port. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()))
    this.#server = undefined
  }

  /** Forgets everything, and says yes to everything. */
  reset(): void {
    this.taken.length = 0
    this.seen.length = 0
    this.toRecipient = () => undefined
    this.toLetter = () => undefined
    this.toGreeting = () => undefined
  }

  async read(index = 0): Promise<ParsedMail> {
    return simpleParser(this.taken[index] ?? '')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function refusal(verdict: Verdict): Error | null {
  return verdict === undefined ? null : Object.assign(new Error(`said ${verdict}`), { responseCode: verdict })
}
