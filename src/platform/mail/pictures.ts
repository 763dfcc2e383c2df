import { PngMissing, toPng, type Png } from '../drawings/png.ts'
import type { Email } from './email.ts'

/** Paints the drawings of an e-mail, in their order; undefined where the machine cannot, and words must do. */
export function picturesOf({ paragraphs }: Email): Promise<(Png | undefined)[]> {
  return Promise.all(paragraphs.flatMap((paragraph) => (typeof paragraph === 'string' ? [] : [paint(paragraph.svg)])))
}

async function paint(svg: string): Promise<Png | undefined> {
  try {
    return await toPng(svg)
  } catch (error) {
    if (error instanceof PngMissing) return undefined
    throw error
  }
}

/** Under which name an e-mail shows its pictures; the first one is 1. */
export function pictureName(number: number): string {
  return `drawing-${number}`
}
