-- What services count, over time. Figures hold no personal data.

create table figure (
  id text primary key check (id ~ '^[a-z]+(\.[a-z0-9]+)+$'),
  service text not null,
  kind text not null check (kind in ('stock', 'flow', 'mean', 'share')),
  unit text not null,
  label_fr text not null,
  label_en text not null,
  definition_fr text not null default '',
  definition_en text not null default '',
  -- False once no running service declares it: its history stays, and is closed.
  declared boolean not null
);

create table point (
  figure text not null references figure on delete cascade,
  -- The civil dates that it speaks of: a year, a month or a day, never padded to a false day.
  at daterange not null,
  precision text not null check (precision in ('year', 'month', 'day')),
  value numeric,
  state text not null check (state in ('known', 'unknown', 'not-communicated', 'estimated')),
  -- As it was printed, when it was.
  printed text,
  source text not null check (source in ('live', 'import', 'manual')),
  noted_at timestamptz not null default now(),
  primary key (figure, at, source),
  -- Unknown is not zero: there is a value exactly where something is known.
  check ((state in ('known', 'estimated')) = (value is not null))
);

create table snapshot (
  name text primary key,
  date date not null,
  frozen_at timestamptz not null default now()
);

create table snapshot_point (
  snapshot text not null references snapshot on delete cascade,
  figure text not null references figure,
  value numeric,
  state text not null check (state in ('known', 'unknown', 'not-communicated', 'estimated')),
  primary key (snapshot, figure),
  check ((state in ('known', 'estimated')) = (value is not null))
);

-- Series set side by side, as a report prints them.
create table arrangement (
  id text primary key,
  report int not null,
  position int not null,
  section_fr text not null,
  section_en text not null,
  title_fr text not null,
  title_en text not null,
  -- [{"kind": "date", "date": "2024-03"} or {"kind": "evolution", "from": …, "to": …}], each with its printed "heading".
  columns jsonb not null,
  -- [{"figure": "web.sites.php56", "printed": ["668(63,56 %)", …]}]
  rows jsonb not null
);
