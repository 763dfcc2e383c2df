import type { DailyFigure } from '../../src/platform/figures/figure.ts'

/** What came, day by day; counted in the transaction of what came. */
export const dailyFigures: DailyFigure[] = [
  {
    id: 'board.notices',
    unit: 'count',
    label: { fr: 'Annonces passées', en: 'Notices put up' },
    definition: { fr: 'Ce jour-là, effacées depuis ou non.', en: 'On that day, deleted since or not.' },
    isTallied: true,
  },
  {
    id: 'board.answers',
    unit: 'count',
    label: { fr: 'Réponses à des annonces', en: 'Answers to notices' },
    definition: { fr: 'Transmises ce jour-là par courriel.', en: 'Sent on that day by e-mail.' },
    isTallied: true,
  },
]
