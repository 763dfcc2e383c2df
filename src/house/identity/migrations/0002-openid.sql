-- What the OpenID Connect provider keeps: codes, tokens, grants, sessions, applications.
create table oidc_payload (
  kind text not null,
  -- A name made with the key of the instance: what is shown to us is a secret.
  name bytea not null,
  -- Sealed with the key of the instance.
  data bytea not null,
  -- What rows are looked for by.
  account text,
  client text,
  grant_name bytea,
  user_code bytea,
  uid bytea,
  expires_at timestamptz,
  consumed_at timestamptz,
  made_at timestamptz not null default now(),
  primary key (kind, name)
);
create index oidc_payload_grant on oidc_payload (grant_name) where grant_name is not null;
create unique index oidc_payload_user_code on oidc_payload (user_code) where user_code is not null;
create index oidc_payload_uid on oidc_payload (uid) where uid is not null;
create index oidc_payload_expires on oidc_payload (expires_at) where expires_at is not null;
create index oidc_payload_account on oidc_payload (account, kind) where account is not null;

-- Keys that sign, the newest in use; former ones stay published for a while, so that what they signed can still be checked.
create table oidc_key (
  kid text primary key,
  algorithm text not null,
  -- The private key as JWK, sealed with the key of the instance.
  data bytea not null,
  made_at timestamptz not null default now(),
  retired_at timestamptz
);

-- What the house says of an application, beside what the application says of itself.
create table application (
  client text primary key,
  -- Whose people may use it: everybody with an account, or those with one of some roles.
  roles text[] not null default '{}',
  -- One of the house's own: nobody is asked whether it may know who they are.
  is_own boolean not null default false,
  made_by uuid references account on delete set null,
  made_at timestamptz not null default now()
);

create function tell_keys() returns trigger language plpgsql as $$
begin
  perform platform.tell_news('identity.keys', '');
  return null;
end $$;
create trigger tell_keys after insert or update or delete on oidc_key for each statement execute function tell_keys();
