import type { DrawingBlock } from '../documents/document.ts'
import type { Language } from '../language/languages.ts'
import { fitLine, fitText } from '../text/read.ts'
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
const SUBJECT = { longest: 200 }
const PARAGRAPH = { longest: Infinity }

/**
 * A letter as it goes out: subject and label on one line each, every line end of its paragraphs a line feed, nothing that
 * could begin a header. People's texts may stand in it as they came.
 *
 * @throws LetterError saying what is wrong, without repeating it: it may be a person's address
 */
export function readLetter(letter: Letter): Letter {
  const { to, replyTo, action } = letter
  if (!isMailbox(to)) throw new LetterError('the recipient is no mail address')
  if (replyTo !== undefined && !isMailbox(replyTo)) throw new LetterError('the address for answers is no mail address')
  const subject = fitLine(letter.subject, SUBJECT)
  if (subject === '') throw new LetterError('the subject is empty')
  if (action && (!/^https?:\/\/\S+$/.test(action.url) || !URL.canParse(action.url)))
    throw new LetterError('the address of the action is not one of the web')
  return {
    ...letter,
    subject,
    paragraphs: letter.paragraphs.map((one) => (typeof one === 'string' ? fitText(one, PARAGRAPH) : readDrawing(one))),
    ...(action && { action: { ...action, label: fitLine(action.label, SUBJECT) } }),
  }
}

function readDrawing({ title, description, svg }: LetterDrawing): LetterDrawing {
  return { title: fitText(title, PARAGRAPH), description: fitText(description, PARAGRAPH), svg }
}
