import type { DrawingBlock } from '../documents/document.ts'
import type { Language } from '../language/languages.ts'
import { isMailbox } from './mailbox.ts'

/** What is written to one person. */
export interface Email {
  /** Address of one person, `name@example.org`. */
  to: string
  language: Language
  /** One line. */
  subject: string
  /** Plain sentences, in the reader's language, each a paragraph; and drawings, in plain colours (`documentPalette`). */
  paragraphs: (string | EmailDrawing)[]
  /** The one thing to do, when there is one: a button, with its address beside it. */
  action?: { label: string; url: string }
  /** Where an answer goes, when somebody reads answers. */
  replyTo?: string
}

/** A drawing in a letter: a picture, and in its place, for whoever sees none, what its description says. */
export type EmailDrawing = Pick<DrawingBlock, 'title' | 'description' | 'svg'>

/** A letter that cannot be sent as it is: always a bug of who wrote it, since addresses are checked where people give them. */
export class EmailError extends Error {
  override name = 'LetterError'
}

/** Longest subject that every mail program shows in a list, and then some. */
const LONGEST_SUBJECT = 200

/** Anything that could begin a new header, or that no reader could see. */
const CONTROL = /\p{Cc}/u

/** @throws LetterError saying what is wrong, without repeating it: it may be a person's address */
export function checkEmail({ to, replyTo, subject, paragraphs, action }: Email): void {
  if (!isMailbox(to)) throw new EmailError('the recipient is no mail address')
  if (replyTo !== undefined && !isMailbox(replyTo)) throw new EmailError('the address for answers is no mail address')
  if (subject.trim() === '' || subject.length > LONGEST_SUBJECT || CONTROL.test(subject))
    throw new EmailError('the subject is not one line of text')
  if (paragraphs.flatMap(textsOf).some((text) => CONTROL.test(text.replaceAll('\n', ''))))
    throw new EmailError('a paragraph is not text')
  if (!action) return
  if (CONTROL.test(action.label)) throw new EmailError('the label of the action is not one line of text')
  if (!/^https?:\/\/\S+$/.test(action.url) || !URL.canParse(action.url))
    throw new EmailError('the address of the action is not one of the web')
}

function textsOf(paragraph: string | EmailDrawing): string[] {
  return typeof paragraph === 'string' ? [paragraph] : [paragraph.title, paragraph.description]
}
