import { sql, type Kysely } from 'kysely'
import type { Category } from '../../platform/moderation/categories.ts'
import type { ContentRef } from './contents.ts'
import type { DeskTables } from './tables.ts'
import { FURTHER } from './urgency.ts'

/** Opens the moderation item of a content and locks it until the transaction ends; creates it when there is none. */
export async function openItem(
  db: Kysely<DeskTables>,
  { service, content }: ContentRef,
  category: Category,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into desk.item (service, content, category) values (${service}, ${content}, ${category})
    on conflict (service, content) do update set
      is_open = true, is_set_aside = item.is_set_aside and item.is_open,
      opened_at = case when item.is_open then item.opened_at else now() end,
      called_at = case when item.is_open then item.called_at end
    returning id`.execute(db)
  const [item] = rows
  if (!item) throw new Error('an item has no number')
  return item.id
}

/** Recalculates the urgency of items from their open reports; the category is the gravest one. */
export async function updateUrgency(db: Kysely<DeskTables>, items: readonly number[]): Promise<void> {
  await sql`
    update desk.item set reports = said.reports, is_appealed = said.is_appealed, category = coalesce(said.category, item.category),
      is_set_aside = item.is_set_aside and not said.is_appealed,
      urgency = said.weight + ${FURTHER.weight} * least(greatest(said.reports - 1, 0), ${FURTHER.most})
    from (
      select named.id, count(report.id) filter (where is_counted and not is_appeal) as reports, coalesce(bool_or(is_appeal), false) as is_appealed,
        coalesce(max(weight), 0) as weight,
        (array_agg(report.category order by weight desc) filter (where not is_appeal))[1] as category
      from unnest(${items}::bigint[]) as named (id) left join desk.report on item = named.id and settled_at is null
      group by named.id
    ) as said where item.id = said.id`.execute(db)
}
