create table ring (
  id bigint generated always as identity primary key,
  who text not null,
  at timestamptz not null default now()
);
