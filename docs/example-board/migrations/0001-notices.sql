create table notice (
  id text primary key,
  -- Number of the account; null once its person has left the notice behind.
  author text,
  title text not null,
  text text not null,
  -- Key of a blob.
  picture text,
  -- Of title and text: what was taken down is recognised when it comes again.
  hash bytea not null,
  state text not null default 'shown' check (state in ('shown', 'hidden', 'removed')),
  made_at timestamptz not null default now(),
  ends_at timestamptz not null
);
create index on notice (author);
create index on notice (ends_at);
create index on notice (picture);
