-- Counts of what strangers did lately; the columns are those of rate-limiter-flexible. Lost after a crash, which is right.
create unlogged table rate (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);

create index rate_expire on rate (expire);

-- Proofs of work that were used: each serves once.
create unlogged table spent_proof (
  nonce text primary key,
  expires_at timestamptz not null
);
