-- A content that was reported, or judged. There is one row for each, however often that happens.
create table item (
  id bigint primary key generated always as identity,
  service text not null,
  -- Its public name: a slug, a short, a uuid.
  content text not null,
  is_open boolean not null default true,
  -- Hidden, and to be looked at again: comes after what nobody has looked at.
  is_set_aside boolean not null default false,
  -- The gravest that is said of it, and how soon somebody should look.
  category text not null,
  urgency integer not null default 0,
  reports integer not null default 0,
  is_appealed boolean not null default false,
  opened_at timestamptz not null default now(),
  -- When those who moderate were told that it waits.
  called_at timestamptz,
  unique (service, content)
);

create index item_queue on item (is_set_aside, urgency desc, opened_at, id) where is_open;

-- What somebody has said of it; or what its author says against a decision.
create table report (
  id bigint primary key generated always as identity,
  item bigint not null references item on delete cascade,
  -- Of one notice, which may be about several contents.
  reference text not null,
  is_appeal boolean not null default false,
  category text not null,
  weight integer not null,
  explanation text not null,
  email text,
  language text not null,
  sealed_key text,
  -- A name of the network that it came from. Only the first of a network counts, until a decision.
  network bytea,
  is_counted boolean not null,
  made_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by bigint
);

create index report_item on report (item, made_at);
create index report_settled on report (settled_at) where settled_at is not null;
create index report_reference on report (reference);
create index report_settled_by on report (settled_by) where settled_by is not null;

create table decision (
  id bigint primary key generated always as identity,
  item bigint not null references item on delete cascade,
  decision text not null check (decision in ('keep', 'hide', 'remove')),
  category text not null,
  -- Told to the author and to who has reported it.
  reason text not null check (reason <> ''),
  note text not null default '',
  is_blocked boolean not null default false,
  is_held boolean not null default false,
  is_source_banned boolean not null default false,
  -- It is set aside, and a second person must want it removed.
  asks_second boolean not null default false,
  -- Contents of the service that it changed, and how each of them stood before, in the same order.
  changed text[] not null,
  stood text[] not null check (cardinality(stood) = cardinality(changed)),
  decided_by uuid,
  decider text not null,
  decided_at timestamptz not null default now(),
  -- When authors and reporters were told.
  told_at timestamptz,
  undone_at timestamptz,
  undone_by text
);

alter table report add constraint report_settled_by_decision foreign key (settled_by) references decision on delete set null;

create index decision_item on decision (item, id);
create index decision_at on decision (decided_at);

-- What was kept as evidence, out of the public's reach: a blob that is encrypted for the association.
create table evidence (
  id bigint primary key generated always as identity,
  item bigint not null references item on delete cascade,
  blob_key text not null unique,
  sha256 text not null,
  bytes bigint not null,
  category text not null,
  made_at timestamptz not null default now(),
  until date not null
);

create index evidence_item on evidence (item);
create index evidence_until on evidence (until);

-- Who asked for evidence, and why; of what concerns a minor, two must ask within a day.
create table opening (
  id bigint primary key generated always as identity,
  evidence bigint references evidence on delete set null,
  service text not null,
  content text not null,
  asked_by uuid,
  asker text not null,
  reason text not null check (reason <> ''),
  was_given boolean not null,
  at timestamptz not null default now()
);

create index opening_evidence on opening (evidence, at);
create index opening_at on opening (at);

-- What else was done here, that changes what comes in or is held.
create table act (
  id bigint primary key generated always as identity,
  what text not null check (what in ('unblock', 'unban', 'switch')),
  -- Which: service/content, the name of a network, service/switch=value.
  which text not null,
  done_by uuid,
  doer text not null,
  at timestamptz not null default now()
);

create index act_at on act (at);
