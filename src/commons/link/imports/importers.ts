import type { Importer } from '../../../platform/imports/importer.ts'

/** What `bagad import` takes over for link. */
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
]
