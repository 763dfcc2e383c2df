/**
 * What stands between dollars, quotes or behind dashes says nothing of what a statement does to the rows that are
 * there.
 */
const SILENT = /--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'/g

/** Statements that only add: nothing that is there changes or goes. */
const ADDING =
  /^(create (or replace function|(unlogged )?table|(unique )?index|function|trigger|schema|type|sequence|view)\b|comment on\b|insert into\b|grant\b|alter table (if exists )?\S+ (add column\b|add constraint\b|alter column \S+ set (default|storage)\b))/

/** What makes an addition more than one. */
const CHANGING = /\b(drop|rename|using|set not null|set data type|on conflict .*do update)\b|\btype\b(?! *=)/

/**
 * Whether a migration only adds to what is there, so that nothing can be lost by it. What it cannot tell for sure
 * counts as unsafe: a backup too many costs a minute.
 */
export function isTriviallySafe(sql: string): boolean {
  const statements = sql
    .replaceAll(SILENT, '')
    .toLowerCase()
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean)
  return statements.every(
    (statement) => ADDING.test(statement) && (!statement.startsWith('alter') || !CHANGING.test(statement)),
  )
}
