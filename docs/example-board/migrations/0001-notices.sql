create table notice (
  id text primary key,
  title text not null check (title <> ''),
  text text not null check (text <> ''),
  picture text unique,
  account uuid,
  email text not null,
  language text not null,
  token_hash bytea not null unique,
  state text not null check (state in ('unconfirmed', 'shown', 'hidden', 'removed')),
  made_at timestamptz not null default now(),
  ends_at timestamptz not null
);

create index notice_ends on notice (ends_at);
create index notice_account on notice (account) where account is not null;
