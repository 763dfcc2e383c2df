import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { isTriviallySafe } from './trivially-safe.ts'

test.each([
  'create table a (b text not null);\n\ncreate index a_b on a (b);',
  "-- drop everything\ncreate table a (note text default 'delete from a; drop table a');",
  'alter table a add column b text, add column c integer not null default 0;',
  'create function f() returns trigger language plpgsql as $$ begin delete from a; update a set b = 1; end $$;',
  'create table a (b text); insert into a (b) select distinct c from d;',
  'alter table a alter column b set storage external, alter column c set storage external;',
  "/* update a */ comment on table a is 'x'",
  '',
])('%s only adds', (sql) => expect(isTriviallySafe(sql)).toBe(true))

test.each([
  'drop table a;',
  'delete from a;',
  'update a set b = null;',
  'truncate a;',
  'alter table a drop column b;',
  'alter table a add column b text, drop column c;',
  'alter table a alter column b type integer using b::integer;',
  'alter table a alter column b set not null;',
  'alter table a rename to c;',
  'create table a (b text); DELETE FROM c;',
  'do $$ begin delete from a; end $$;',
  'with gone as (delete from a returning *) insert into b select * from gone;',
  "select '' ; drop table a",
])('%s may lose something', (sql) => expect(isTriviallySafe(sql)).toBe(false))

test('the migrations that are here are told apart as a reader would', () => {
  const root = resolve(import.meta.dirname, '../../..')
  const unsafe = globSync('src/**/migrations/*.sql', { cwd: root }).filter(
    (path) => !isTriviallySafe(readFileSync(join(root, path), 'utf8')),
  )
  expect(unsafe.toSorted()).toEqual([
    'src/commons/link/migrations/0003-whole-links.sql',
    'src/commons/link/migrations/0005-block-lists-in-blobs.sql',
    'src/commons/link/migrations/0006-imported-links.sql',
    'src/commons/link/migrations/0009-room-for-counts.sql',
    'src/commons/link/migrations/0011-room-for-all-counts.sql',
    'src/commons/link/migrations/0012-standard-words.sql',
    'src/house/identity/migrations/0001-identity.sql',
    'src/house/identity/migrations/0008-standard-words.sql',
    'src/platform/figures/migrations/0002-reports.sql',
    'src/platform/figures/migrations/0004-covered.sql',
    'src/platform/figures/migrations/0006-tally.sql',
    'src/platform/mail/migrations/0003-standard-words.sql',
  ])
})
