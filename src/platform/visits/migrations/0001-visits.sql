-- What came to our own hosts. Each process has rows of its own and writes them whole, again and again, so that nothing is
-- counted twice; once the day is over they become figures, and go.

create table counted (
  day date not null,
  service text not null,
  process uuid not null,
  -- {"hits": {"human4": …}, "bytes": …, "status": {"200": …}}
  counts jsonb not null,
  primary key (day, service, process)
);

-- Who came, by names that nobody can read back without the key of the day; in no backup, and lost after a crash.
create unlogged table seen (
  day date not null,
  service text not null,
  process uuid not null,
  visitors bytea not null,
  primary key (day, service, process)
);

-- The keys of today and tomorrow, for all processes; gone when the day is over.
create unlogged table day_key (
  day date primary key,
  key text not null
);
