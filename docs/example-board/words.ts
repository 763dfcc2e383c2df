import { defineWords } from '../../src/platform/language/words.ts'
import en from './locales/en.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }

export const words = defineWords({ fr, en })
