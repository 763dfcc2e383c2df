-- Who put what here, and from where: what French law has hosts keep for a year. Nothing of it can be read without the key
-- of the instance; whoever searches must know what for.
create table trace (
  id bigint generated always as identity primary key,
  recorded_at timestamptz not null,
  -- Names made with the key of the instance (HMAC-SHA-256), to search by.
  content bytea not null,
  account bytea,
  network bytea,
  -- The rest, sealed with a key of the month (AES-256-GCM): service, content, act, address, port, account.
  sealed bytea not null
);

create index trace_content on trace (content, recorded_at);
create index trace_account on trace (account, recorded_at) where account is not null;
create index trace_network on trace (network, recorded_at) where network is not null;
create index trace_recorded on trace (recorded_at);

-- Who looked, when, why, for what, and how much was found. Written before anything is shown.
create table consultation (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  consulted_by text not null check (consulted_by <> ''),
  reason text not null check (reason <> ''),
  -- What was searched for, sealed like a trace.
  sealed bytea not null,
  found integer not null
);

create index consultation_at on consultation (at);
