import en from './locales/en.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }
import { defineWords } from './words.ts'

/** What the platform itself says: the frame of pages, its problems, figures. */
export const words = defineWords({ fr, en })
