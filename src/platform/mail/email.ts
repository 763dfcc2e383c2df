import type { DrawingBlock } from '../documents/document.ts'
import type { Language } from '../language/languages.ts'
import { fitLine, fitText } from '../text/read.ts'
import { isMailbox } from './mailbox.ts'

/** What is written to one person. */
export interface Email {
  /** Address of one person, `name@example.org`. */
  to: string
  language: Language
  /** One line. */
  subject: string
  /**
   * Plain sentences, in the reader's language, each a paragraph; and drawings, in plain colours (`documentPalette`).
   */
  paragraphs: (string | EmailDrawing)[]
  /** The one thing to do, when there is one: a button, with its address beside it. */
  action?: { label: string; url: string }
  /** The Reply-To address, when answers are read. */
  replyTo?: string
}

/** A drawing in an e-mail: a picture, with a description for readers who do not see it. */
export type EmailDrawing = Pick<DrawingBlock, 'title' | 'description' | 'svg'>

/**
 * An e-mail that cannot be sent as it is: always a bug of who wrote it, since addresses are checked where people give
 * them.
 */
export class EmailError extends Error {
  override name = 'EmailError'
}

/** Longest subject that every mail program shows in a list, and then some. */
const SUBJECT = { longest: 200 }
const PARAGRAPH = { longest: Infinity }

/**
 * An e-mail as it goes out: subject and label on one line each, every line end of its paragraphs a line feed, nothing
 * that could begin a header. People's texts may stand in it as they came.
 *
 * @throws EmailError saying what is wrong, without repeating it: it may be a person's address
 */
export function normalizeEmail(email: Email): Email {
  const { to, replyTo, action } = email
  if (!isMailbox(to)) throw new EmailError('the recipient is no mail address')
  if (replyTo !== undefined && !isMailbox(replyTo)) throw new EmailError('the address for answers is no mail address')
  const subject = fitLine(email.subject, SUBJECT)
  if (subject === '') throw new EmailError('the subject is empty')
  if (action && (!/^https?:\/\/\S+$/.test(action.url) || !URL.canParse(action.url)))
    throw new EmailError('the address of the action is not one of the web')
  return {
    ...email,
    subject,
    paragraphs: email.paragraphs.map((one) => (typeof one === 'string' ? fitText(one, PARAGRAPH) : readDrawing(one))),
    ...(action && { action: { ...action, label: fitLine(action.label, SUBJECT) } }),
  }
}

function readDrawing({ title, description, svg }: EmailDrawing): EmailDrawing {
  return { title: fitText(title, PARAGRAPH), description: fitText(description, PARAGRAPH), svg }
}
