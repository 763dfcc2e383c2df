-- One row: what this instance is.
create table instance (
  is_only boolean primary key default true check (is_only),
  is_demonstration boolean not null,
  started_on timestamptz not null default now()
);

-- Services whose example has been made, so that it is made once.
create table demonstration (
  service text primary key,
  filled_at timestamptz not null default now()
);
