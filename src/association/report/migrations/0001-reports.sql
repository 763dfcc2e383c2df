-- Documents: drafts with all their versions, and what was published of them. Figures belong to the platform.

create table report (
  year int primary key check (year between 1900 and 2200),
  -- The language that it is written in.
  language text not null check (language in ('fr', 'en')),
  title text not null check (title <> ''),
  body text not null,
  state text not null check (state in ('draft', 'review', 'approved', 'published')),
  -- Grows by one with each change; a writer says on which one theirs is based.
  revision int not null default 1,
  -- Number of an account, here as below.
  approved_by text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);

-- Every text that a report ever had.
create table version (
  report int not null references report on delete cascade,
  revision int not null,
  title text not null,
  body text not null,
  written_by text not null,
  written_at timestamptz not null default now(),
  primary key (report, revision)
);

create table comment (
  id bigint generated always as identity primary key,
  report int not null references report on delete cascade,
  -- The paragraph that it is about, as it was.
  quote text not null,
  text text not null check (text <> ''),
  written_by text not null,
  written_at timestamptz not null default now(),
  settled_by text
);

-- Why a gap between figures stays; printed with the report.
create table accepted_gap (
  report int not null references report on delete cascade,
  place text not null,
  what text not null,
  reason text not null check (reason <> ''),
  accepted_by text not null,
  accepted_at timestamptz not null default now(),
  primary key (report, place, what)
);

-- What was published: the text, its tables and its figures as they were, whole. Never changed.
create table edition (
  report int not null references report,
  number int not null,
  -- JSON, byte for byte what is sent as report.json.
  content text not null,
  -- SHA-256 of the content, in hexadecimal.
  sum text not null,
  published_by text not null,
  published_at timestamptz not null default now(),
  -- SHA-256 of the files that were made of it, once they are.
  pdf_sum text,
  odt_sum text,
  primary key (report, number)
);

create function edition_stays() returns trigger language plpgsql as $$
begin
  if (old.report, old.number, old.content, old.sum, old.published_at)
    is distinct from (new.report, new.number, new.content, new.sum, new.published_at)
    or old.pdf_sum is not null and old.pdf_sum is distinct from new.pdf_sum
    or old.odt_sum is not null and old.odt_sum is distinct from new.odt_sum
  then raise exception 'what was published is never changed';
  end if;
  return new;
end $$;

create trigger edition_stays before update on edition for each row execute function edition_stays();

-- What was found wrong after publication.
create table erratum (
  id bigint generated always as identity primary key,
  report int not null,
  edition int not null,
  text text not null check (text <> ''),
  written_by text not null,
  written_at timestamptz not null default now(),
  foreign key (report, edition) references edition (report, number)
);

-- Odd values that the technicians were told of: each once.
create table odd_value (
  figure text not null,
  day date not null,
  primary key (figure, day)
);

-- What was filled in for the collective, by file (`organization`, or a service) and key.
create table property (
  file text not null,
  key text not null,
  value text not null,
  written_by text not null,
  written_at timestamptz not null default now(),
  primary key (file, key)
);
