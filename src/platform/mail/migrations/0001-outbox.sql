-- Letters that we have written to people, and what became of them.
create table letter (
  id bigint generated always as identity primary key,
  -- The same at every try, so that a letter that comes twice is known as one.
  message_id text not null unique,
  recipient text not null,
  reply_to text,
  language text not null,
  subject text not null,
  -- Both forgotten some time after it was settled.
  text text,
  html text,
  state text not null default 'queued' check (state in ('queued', 'sent', 'caught', 'failed')),
  attempts integer not null default 0,
  last_error text,
  written_at timestamptz not null default now(),
  -- Since when it waits; tried anew, it waits anew.
  queued_at timestamptz not null default now(),
  settled_at timestamptz,
  constraint settled_once_it_waits_no_more check ((state = 'queued') = (settled_at is null)),
  constraint has_its_words_while_it_waits check (state <> 'queued' or (text is not null and html is not null))
);

create index letter_waiting on letter (queued_at) where state = 'queued';
create index letter_settled on letter (settled_at) where settled_at is not null;
