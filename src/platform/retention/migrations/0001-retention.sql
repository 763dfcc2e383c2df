-- What the purge has removed, so that it can be told when nothing of it is left.
create table removed (
  service text not null,
  class text not null,
  day date not null,
  rows bigint not null,
  primary key (service, class, day)
);

-- Blobs that no row names any more. Each stays for a time: a row that comes back from a backup finds its blob.
create table freed_blob (
  key text primary key,
  freed_at timestamptz not null default now()
);

create index freed_blob_at on freed_blob (freed_at);
