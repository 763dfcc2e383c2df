import type { DrawingBlock } from '../documents/document.ts'
import type { Language } from '../language/languages.ts'
import { isMailbox } from './mailbox.ts'

/** What is written to one person. */
export interface Letter {
  /** Address of one person, `name@example.org`. */
  to: string
  language: Language
  /** One line. */
  subject: string
  /** Plain sentences, in the reader's language, each a paragraph; and drawings, in plain colours (`documentPalette`). */
  paragraphs: (string | LetterDrawing)[]
  /** The one thing to do, when there is one: a button, with its address beside it. */
  action?: { label: string; url: string }
  /** Where an answer goes, when somebody reads answers. */
  replyTo?: string
}

/** A drawing in a letter: a picture, and in its place, for whoever sees none, what its description says. */
export type LetterDrawing = Pick<DrawingBlock, 'title' | 'description' | 'svg'>

/** A letter that cannot be sent as it is: always a bug of who wrote it, since addresses are checked where people give them. */
export class LetterError extends Error {
  override name = 'LetterError'
}

/** Longest subject that every mail program shows in a list, and then some. */
const LONGEST_SUBJECT = 200

/** Anything that could begin a new header, or that no reader could see. */
const CONTROL = /\p{Cc}/u

/** @throws LetterError saying what is wrong, without repeating it: it may be a person's address */
export function checkLetter({ to, replyTo, subject, paragraphs, action }: Letter): void {
  if (!isMailbox(to)) throw new LetterError('the recipient is no mail address')
  if (replyTo !== undefined && !isMailbox(replyTo)) throw new LetterError('the address for answers is no mail address')
  if (subject.trim() === '' || subject.length > LONGEST_SUBJECT || CONTROL.test(subject))
    throw new LetterError('the subject is not one line of text')
  if (paragraphs.flatMap(textsOf).some((text) => CONTROL.test(text.replaceAll('\n', ''))))
    throw new LetterError('a paragraph is not text')
  if (!action) return
  if (CONTROL.test(action.label)) throw new LetterError('the label of the action is not one line of text')
  if (!/^https?:\/\/\S+$/.test(action.url) || !URL.canParse(action.url))
    throw new LetterError('the address of the action is not one of the web')
}

function textsOf(paragraph: string | LetterDrawing): string[] {
  return typeof paragraph === 'string' ? [paragraph] : [paragraph.title, paragraph.description]
}
