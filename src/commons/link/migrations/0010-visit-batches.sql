-- Visits as each process has counted them, second after second, until they are added to their links: a row is cheap to
-- write, however many links it is about.
create table visit_batch (
  id bigint generated always as identity primary key,
  day date not null,
  written_at timestamptz not null default now(),
  -- How many links it is about.
  links integer not null,
  -- Number, visits, and visits of bots of each.
  ids bigint[] not null,
  clicks integer[] not null,
  bots integer[] not null
);
-- Numbers in no order are not worth the time that making them smaller takes.
alter table visit_batch alter column ids set storage external, alter column clicks set storage external;
