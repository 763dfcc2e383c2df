create table link (
  id bigint generated always as identity primary key,
  -- Byte for byte as it stands in the address: imported ones tell /VENIR from /venir.
  slug text collate "C" not null unique,
  url text not null,
  state text not null default 'active' check (state in ('active', 'removed', 'expired')),
  -- Kept at write time, so that forgetting a link lowers no figure.
  clicks bigint not null default 0,
  last_click_on date,
  created_at timestamptz not null default now()
);

create table link_day (
  link_id bigint not null references link on delete cascade,
  day date not null,
  clicks bigint not null,
  primary key (link_id, day)
);
