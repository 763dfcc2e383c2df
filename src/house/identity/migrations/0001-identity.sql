-- People and organisations, how they prove who they are, what they may do, and what was done.

-- One person (or one program that acts for itself). The number is the `sub` of OpenID Connect: never reused, never changed.
create table account (
  id uuid primary key,
  login text not null,
  name text not null,
  -- Language of letters and pages; null: the browser's.
  language text,
  kind text not null default 'person' check (kind in ('person', 'service')),
  -- invited: has not come yet. suspended: by the house, undoable. closing: will be erased on the day that is said. erased: a
  -- tombstone, of which only the number is left.
  state text not null check (state in ('invited', 'active', 'suspended', 'closing', 'erased')),
  state_reason text,
  erase_on date,
  -- The member's number in the register of members, an opaque value.
  membership text,
  -- What authenticators know the account by: says nothing of anybody.
  user_handle bytea not null unique,
  created_at timestamptz not null default now(),
  last_seen_on date
);
create unique index account_login on account (lower(login));
create index account_erase on account (erase_on) where state = 'closing';

-- A login that was changed still finds its account for a year.
create table former_login (
  login text primary key,
  account uuid not null references account on delete cascade,
  until date not null
);

create table email (
  address text not null,
  account uuid not null references account on delete cascade,
  verified_at timestamptz,
  is_primary boolean not null default true
);
create unique index email_address on email (lower(address));
create unique index email_primary on email (account) where is_primary;

-- How somebody proves who they are.
create table password (
  account uuid primary key references account on delete cascade,
  -- PHC string, or the hash of another software until the first sign-in.
  hash text not null,
  changed_at timestamptz not null default now()
);

create table passkey (
  id uuid primary key,
  -- As the authenticator names it, base64url.
  credential text not null unique,
  account uuid not null references account on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  is_backed_up boolean not null,
  label text not null,
  created_at timestamptz not null default now(),
  last_used_on date
);
create index passkey_account on passkey (account);

-- A generator of one-time codes; not in force before its first code was seen.
create table totp (
  account uuid primary key references account on delete cascade,
  -- Sealed with the key of the instance.
  secret bytea not null,
  confirmed_at timestamptz,
  -- The last step of thirty seconds whose code was taken: each is good once.
  last_step bigint not null default 0
);

create table recovery_code (
  account uuid not null references account on delete cascade,
  -- A name made with the key of the instance.
  name bytea not null,
  used_at timestamptz,
  primary key (account, name)
);

-- Passwords of mail programs, calendars and devices.
create table app_password (
  id uuid primary key,
  account uuid references account on delete cascade,
  -- The mailbox that it opens, where it is no person's.
  mailbox text,
  prefix text not null unique,
  -- {SSHA512}, which Dovecot reads too: there are 125 random bits in it, so nothing slower is needed.
  hash text not null,
  label text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  last_network text,
  revoked_at timestamptz,
  check ((account is null) <> (mailbox is null))
);
create index app_password_account on app_password (account);

-- Keys of programs.
create table token (
  id bigint primary key generated always as identity,
  account uuid not null references account on delete cascade,
  -- A name made with the key of the instance.
  name bytea not null unique,
  scopes text[] not null,
  label text not null default '',
  expires_at timestamptz,
  last_used_on date,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index token_account on token (account);

-- A browser that is signed in: one row for the identity host, and one below it for each other host.
create table session (
  id uuid primary key,
  -- A name made with the key of the instance.
  name bytea not null unique,
  account uuid not null references account on delete cascade,
  parent uuid references session on delete cascade,
  -- The service on whose host the cookie lies.
  host text not null,
  -- pwd, otp, recovery, passkey, invitation, mail: what was shown (RFC 8176 where it has a word).
  methods text[] not null,
  agent text not null default '',
  network text not null default '',
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  sudo_until timestamptz,
  revoked_at timestamptz,
  -- The session that the OpenID Connect provider keeps for the same browser.
  oidc_uid text
);
create index session_account on session (account);
create index session_parent on session (parent) where parent is not null;
create index session_seen on session (last_seen_at);

-- Things that are good once, for minutes: hand-overs between hosts, ceremonies of passkeys, the way from password to code.
create table ticket (
  name bytea primary key,
  kind text not null,
  account uuid references account on delete cascade,
  data jsonb not null,
  expires_at timestamptz not null
);
create index ticket_expires on ticket (expires_at);

-- Browsers from which somebody has signed in before: other people's failures do not hold them back.
create table known_device (
  name bytea not null,
  account uuid not null references account on delete cascade,
  seen_on date not null,
  primary key (name, account)
);

-- Failures, by what they are counted for; forgotten after a day.
create unlogged table failure (
  name bytea primary key,
  failures integer not null,
  -- How many of them cost nothing.
  free integer not null,
  last_at timestamptz not null,
  until timestamptz not null
);
create index failure_last on failure (last_at);

create table invitation (
  id uuid primary key,
  name bytea not null unique,
  account uuid not null references account on delete cascade,
  address text not null,
  invited_by uuid references account on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitation_account on invitation (account);

-- Somebody has no access any more. By mail: a new password. Vouched: two people have seen them, a day passes, then they
-- may choose a new passkey.
create table recovery (
  id uuid primary key,
  name bytea not null unique,
  account uuid not null references account on delete cascade,
  kind text not null check (kind in ('mail', 'vouched')),
  created_at timestamptz not null default now(),
  -- When the two had vouched; a day later it is open.
  vouched_at timestamptz,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index recovery_account on recovery (account);

create table vouching (
  recovery uuid not null references recovery on delete cascade,
  account uuid not null references account on delete cascade,
  at timestamptz not null default now(),
  primary key (recovery, account)
);

create table role_grant (
  account uuid not null references account on delete cascade,
  role text not null check (role in ('member', 'volunteer', 'employee', 'moderator', 'technician', 'board', 'treasurer', 'coordinator', 'partner', 'admin')),
  -- The last day; null: until it is taken back.
  until date,
  granted_by uuid references account on delete set null,
  granted_at timestamptz not null default now(),
  primary key (account, role)
);

-- A legal person is no account: several people act for it.
create table organisation (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  membership text,
  created_at timestamptz not null default now()
);

create table organisation_person (
  organisation uuid not null references organisation on delete cascade,
  account uuid not null references account on delete cascade,
  role text not null check (role in ('manager', 'contributor', 'reader')),
  since timestamptz not null default now(),
  primary key (organisation, account)
);
create index organisation_person_account on organisation_person (account);

-- What was done, by whom and to whom; a chain, so that a line that was taken out or changed shows.
create table audit (
  id bigint primary key generated always as identity,
  at timestamptz not null default now(),
  actor uuid,
  subject uuid,
  organisation uuid,
  action text not null,
  network text not null default '',
  detail jsonb not null default '{}',
  sum bytea not null
);
create index audit_subject on audit (subject, id desc);
create index audit_actor on audit (actor, id desc);
create index audit_at on audit (at);

create function audit_is_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.at < now() - interval '12 months' then return old; end if;
  -- A person who is erased leaves their number in the lines, and no word of theirs.
  if tg_op = 'UPDATE' and new.id = old.id and new.at = old.at and new.sum = old.sum and new.action = old.action
    and new.actor is not distinct from old.actor and new.subject is not distinct from old.subject and new.detail = '{}' and new.network = '' then
    return new;
  end if;
  raise exception 'what was done stays written';
end $$;
create trigger audit_is_kept before update or delete on audit for each row execute function audit_is_kept();

-- Who is signed in, and what they may do, is remembered by every process for seconds: changes are told at once.
create function tell_account() returns trigger language plpgsql as $$
declare
  changed uuid := case tg_table_name
    when 'account' then (case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end ->> 'id')::uuid
    else (case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end ->> 'account')::uuid end;
begin
  perform platform.tell_news('identity.account', changed::text);
  return null;
end $$;
create trigger tell_account after update of state, name, login, language on account for each row execute function tell_account();
create trigger tell_account after insert or update or delete on role_grant for each row execute function tell_account();
create trigger tell_account after update of revoked_at, sudo_until, methods or delete on session for each row execute function tell_account();
create trigger tell_account after update of revoked_at, scopes, hash on app_password for each row when (new.account is not null) execute function tell_account();
create trigger tell_account after insert or update or delete on organisation_person for each row execute function tell_account();
create trigger tell_account after insert or delete on passkey for each row execute function tell_account();
create trigger tell_account after insert or update or delete on totp for each row execute function tell_account();

-- Keys of programs were the platform's before there were accounts: who held one has an account now, without a password.
do $$
begin
  if to_regclass('access.holder') is null then return; end if;
  insert into account (id, login, name, state, user_handle, created_at)
    select id, login, login, 'active', sha256(id::text::bytea || random()::text::bytea), created_at from access.holder;
  insert into token (account, name, scopes, label, expires_at, last_used_on, created_at)
    select holder, name, scopes, label, expires_at, last_used_on, created_at from access.token order by id;
  drop schema access cascade;
end $$;
