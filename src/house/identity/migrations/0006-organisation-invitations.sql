-- Who is invited to act for an organisation, by address: whether it has an account shows in nothing before its owner has
-- said yes.
create table organisation_invitation (
  id uuid primary key,
  organisation uuid not null references organisation on delete cascade,
  address text not null,
  role text not null check (role in ('manager', 'contributor', 'reader')),
  -- Language of a letter to who has no account.
  language text not null,
  invited_by uuid references account on delete set null,
  -- When the last letter was asked for.
  asked_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Taken back by the organisation; the row says for how long no other letter goes there.
  withdrawn_at timestamptz,
  -- Refused by its owner, who is asked no more; the organisation sees an invitation that waits.
  declined_at timestamptz
);
create unique index organisation_invitation_address on organisation_invitation (organisation, lower(address));
create index organisation_invitation_of on organisation_invitation (lower(address));
create index organisation_invitation_expires on organisation_invitation (expires_at);
