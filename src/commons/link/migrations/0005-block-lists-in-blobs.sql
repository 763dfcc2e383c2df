-- What a list holds moves into a blob, which is read as a stream and is too large for a row. SQL cannot write blobs, so
-- lists of before are forgotten: `bagad link blocklist add` takes each again from its file.
delete from block_list;

alter table block_list
  drop column prefixes,
  -- A blob holds one content and is never put again: who has read it needs to read it no more.
  add column blob_key text not null,
  add column entries integer not null check (entries >= 0);
