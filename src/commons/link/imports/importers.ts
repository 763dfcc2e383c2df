import type { Importer } from '../../../platform/imports/importer.ts'

/** The importers of link for `bagad import`. */
export const linkImporters: readonly Importer[] = [
  {
    software: 'lstu',
    description: 'the short links of Lstu, with the counts of their visits',
    run: async (platform, source, manner) => (await import('./lstu.ts')).importLstu(platform, source, manner),
  },
  {
    software: 'yourls',
    description: 'the short links of YOURLS, with their visits day by day',
    options: [{ flags: '--prefix <prefix>', description: 'what stands before the names of its tables (yourls_)' }],
    run: async (platform, source, manner) => (await import('./yourls.ts')).importYourls(platform, source, manner),
  },
  {
    software: 'shlink',
    description: 'the short links of Shlink, with the counts of their visits',
    source: 'the table (.csv) that its web client exports',
    run: async (platform, source, manner) => (await import('./shlink.ts')).importShlink(platform, source, manner),
  },
  {
    software: 'kutt',
    description: 'the short links of Kutt, with the counts of their visits',
    source: 'its database, as a SQLite file, a SQL dump, postgres://… or mysql://…; or its table links as .csv',
    run: async (platform, source, manner) => (await import('./kutt.ts')).importKutt(platform, source, manner),
  },
]
