-- What is in a place of backups already, so that the next backup reads only what is new. Lost after a crash, and left out
-- of every backup: then everything is read once more.
create unlogged table known_content (
  -- The place, and for whom it is encrypted.
  place text not null,
  -- Where it comes from: `blob link/…`, `tree boxes/…`.
  origin text collate "C" not null,
  size bigint not null,
  -- Milliseconds since 1970.
  modified_at double precision not null,
  -- Of the content itself, in hexadecimal.
  sha256 text not null,
  -- Under which it is kept: the SHA-256 of what lies there.
  name text not null,
  -- The last copy that had it.
  copy text not null,
  primary key (place, origin)
);
