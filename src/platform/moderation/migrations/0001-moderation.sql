-- Things that must not come again, by a name of what they are.
create table blocked (
  service text not null,
  hash bytea not null,
  -- Of which content it was.
  content text not null,
  category text not null,
  note text not null default '',
  blocked_by text not null,
  blocked_at timestamptz not null default now(),
  -- Times that it was tried again.
  tries bigint not null default 0,
  primary key (service, hash)
);

-- Networks from which nothing more is taken for a time, by the name that traces give them; no address.
create table banned (
  network bytea primary key,
  until timestamptz not null,
  reason text not null default '',
  banned_by text not null,
  banned_at timestamptz not null default now(),
  tries bigint not null default 0
);

create index banned_until on banned (until);
