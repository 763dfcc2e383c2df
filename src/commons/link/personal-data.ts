import type { Kysely } from 'kysely'
import type { PersonalData } from '../../platform/access/personal-data.ts'
import type { Links } from './links.ts'
import type { LinkList } from './link-list.ts'
import type { LinkTables } from './tables.ts'

/** Links exported or erased in one batch. */
const PAGE = 500

/** The personal data of an account: its links, with their counts. Visits are anonymous. */
export function personalDataOf({
  db,
  links,
  linkList,
}: {
  db: Kysely<LinkTables>
  links: Links
  linkList: LinkList
}): PersonalData {
  const page = (owner: string, offset: number) =>
    linkList.ofOwner(owner, { limit: PAGE, offset, order: { by: 'slug', descending: false } })
  return {
    export: async (account, sink) => {
      const all = []
      for (let offset = 0; ; offset += PAGE) {
        const { links: some } = await page(account, offset)
        all.push(
          ...some.map(({ slug, url, title, tags, clicks, createdAt, state }) => ({
            slug,
            url,
            title,
            tags,
            clicks,
            madeAt: createdAt,
            state,
          })),
        )
        if (some.length < PAGE) break
      }
      if (all.length > 0) await sink.add('links.json', all)
    },
    erase: async (account, mode) => {
      if (mode === 'anonymise') {
        await db.updateTable('link').set({ owner: null }).where('owner', '=', account).execute()
        return
      }
      for (;;) {
        const { links: some } = await page(account, 0)
        if (some.length === 0) return
        for (const link of some) await links.delete(link, { account })
      }
    },
  }
}
