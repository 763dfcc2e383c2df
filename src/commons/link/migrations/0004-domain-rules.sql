-- What people decided about a domain and all names below it; the most precise rule holds.
create table domain_rule (
  -- In ASCII and small letters, as in a URL: `xn--lan-9la.fr`.
  domain text collate "C" primary key check (domain = lower(domain) and domain <> ''),
  verdict text not null check (verdict in ('allow', 'warn', 'deny')),
  reason text not null default '',
  -- Null: for ever.
  until timestamptz,
  created_at timestamptz not null default now()
);

insert into domain_rule (domain, verdict, reason)
select domain, 'allow', 'known from the start'
from unnest(array['gouv.fr', 'service-public.fr', 'openstreetmap.org', 'wikipedia.org', 'wikimedia.org', 'framasoft.org', 'chatons.org']) as domain;

-- Lists of harmful domains and addresses that the operator gave, each as the first 48 bits of the SHA-256 of its
-- entries, sorted: a row is replaced whole, so no process ever reads half a list.
create table block_list (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9.-]{0,63}$'),
  prefixes bytea not null check (length(prefixes) % 6 = 0),
  changed_at timestamptz not null default now()
);

create function tell_changed_risk() returns trigger
language plpgsql
as $$
begin
  perform platform.tell_news('link.risk', tg_table_name);
  return null;
end
$$;

create trigger domain_rule_changed after insert or update or delete on domain_rule
for each statement execute function tell_changed_risk();

create trigger block_list_changed after insert or update or delete on block_list
for each statement execute function tell_changed_risk();
