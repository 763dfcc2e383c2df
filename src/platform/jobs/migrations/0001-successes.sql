-- When a job by the clock last went well: what of it was given up before is settled.
create table success (
  job text primary key,
  at timestamptz not null default clock_timestamp()
);
