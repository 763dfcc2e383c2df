-- Who holds keys. Until there are accounts, a login is a name that the technician chose; its number outlives a change of name.
create table holder (
  id uuid primary key,
  login text not null unique,
  created_at timestamptz not null default now()
);

create table token (
  id bigint generated always as identity primary key,
  holder uuid not null references holder on delete cascade,
  -- HMAC-SHA-256 of the token under the instance key: a copy of the database opens nothing.
  name bytea not null unique,
  scopes text[] not null,
  label text not null default '',
  expires_at timestamptz,
  last_used_on date,
  created_at timestamptz not null default now()
);
