-- What reports need of figures: breaks of method, corrections that keep what stood there, tables of several reports.

alter table figure add public boolean not null default true;

-- From this date on the figure is counted in another way: its line is broken there.
create table break (
  figure text not null references figure on delete cascade,
  since text not null check (since ~ '^\d{4}(-\d{2}){0,2}$'),
  what_fr text not null,
  what_en text not null,
  primary key (figure, since)
);

alter table point
  add noted_by text,
  -- Why a value was put by hand, or in the place of another one.
  add reason text;

-- Pages show years and months, not the daily points of decades.
create index point_printed on point (figure, at) where precision <> 'day';

-- What stood where another value was put: of a point, or of a snapshot.
create table correction (
  id bigint generated always as identity primary key,
  figure text not null references figure on delete cascade,
  date text not null,
  snapshot text references snapshot on delete cascade,
  value numeric,
  state text not null check (state in ('known', 'unknown', 'not-communicated', 'estimated')),
  printed text,
  reason text not null check (reason <> ''),
  noted_by text not null,
  noted_at timestamptz not null default now()
);

alter table snapshot add taken_by text;

-- Each report has its own tables; those of a draft are nobody's business yet.
alter table arrangement drop constraint arrangement_pkey;
alter table arrangement add primary key (report, id);
alter table arrangement add published boolean not null default true;
