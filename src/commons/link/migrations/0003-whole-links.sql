-- A link with everything that its maker can say of it, where it stands, and how its target is doing.
alter table link
  add column title text,
  add column note text,
  -- Who holds it: the number of an account. Null: made without one.
  add column owner uuid,
  -- Of the secret in its management address, a name made with the instance key.
  add column manage_name bytea unique,
  -- 16 bytes of SHA-256 of the address, to find links that lead to the same place.
  add column url_hash bytea,
  add column host text,
  -- The part of the host that somebody registered: brest.fr of www.brest.fr.
  add column domain text,
  add column valid_from timestamptz,
  add column valid_until timestamptz,
  add column max_visits bigint check (max_visits > 0),
  add column password_hash text,
  add column forward_query boolean not null default false,
  add column is_crawlable boolean not null default false,
  -- Whether anyone may read how often it was visited.
  add column is_count_public boolean not null default true,
  -- Until then, people see where it leads before they go: links of strangers, while they are young.
  add column warns_until timestamptz,
  -- Why it is held, removed or disabled; a code of the refusal that visitors see.
  add column reason text,
  add column held_at timestamptz,
  add column risk integer not null default 0,
  add column source text not null default 'web' check (source in ('web', 'lstu', 'yourls', 'shlink', 'import')),
  add column bots bigint not null default 0,
  add column updated_at timestamptz not null default now(),
  add column health text not null default 'unknown' check (health in ('unknown', 'alive', 'blocked', 'dead', 'soft404')),
  add column health_code integer,
  add column health_at timestamptz,
  add column health_fails integer not null default 0,
  add column failing_since timestamptz,
  add column next_check_at timestamptz not null default now(),
  drop constraint link_state_check,
  -- held: waits for a person to look. disabled: by its maker, who may undo it. removed: by the house. expired: nobody came
  -- for a year. deleted: by its maker; only the slug stays, so that it is never given again.
  add constraint link_state_check check (state in ('active', 'held', 'disabled', 'removed', 'expired', 'deleted'));

alter table link_day add column bots bigint not null default 0;

create index link_url_hash on link (url_hash) where state = 'active';
create index link_host on link (host);
create index link_domain on link (domain);
create index link_owner on link (owner, id desc) where owner is not null;
create index link_next_check on link (next_check_at) where state = 'active';
create index link_held on link (held_at) where state = 'held';
create index link_created on link (created_at);

create table link_tag (
  link_id bigint not null references link on delete cascade,
  tag text not null,
  primary key (link_id, tag)
);

create index link_tag_tag on link_tag (tag);

-- Where it led before.
create table link_history (
  link_id bigint not null references link on delete cascade,
  url text not null,
  until timestamptz not null default now()
);

create index link_history_link on link_history (link_id, until desc);

-- The last looks at the target.
create table link_check (
  link_id bigint not null references link on delete cascade,
  at timestamptz not null default now(),
  result text not null,
  code integer
);

create index link_check_link on link_check (link_id, at desc);

-- What every process must know at once: whether a wave of spam is coming in. One row.
create table wave (
  is_only boolean primary key default true check (is_only),
  is_on boolean not null default false,
  -- Set by a person: the clock does not change it then.
  is_forced boolean not null default false,
  since timestamptz not null default now()
);

insert into wave default values;

-- A visit changes counts and nothing else: it is no news. What matters to a visitor is.
drop trigger link_changed on link;
create trigger link_changed after delete or update of
  slug, url, state, valid_from, valid_until, max_visits, password_hash, forward_query, warns_until on link
for each row execute function tell_changed_link();
