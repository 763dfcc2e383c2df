create table shelf (
  id bigint generated always as identity primary key,
  name text not null
);

create table bottle (
  id bigint generated always as identity primary key,
  shelf bigint references shelf,
  label text not null,
  laid_at timestamptz not null default now(),
  -- What text can hold that a careless copy would lose.
  note text,
  weight double precision,
  born daterange,
  tags text[],
  length integer generated always as (length(label)) stored
);

create function no_bottle_is_nameless() returns trigger language plpgsql as $$ begin new.note := coalesce(new.note, 'none'); return new; end $$;
create trigger bottle_named before insert on bottle for each row execute function no_bottle_is_nameless();

-- The first shelf is there from the beginning.
insert into shelf (name) values ('first');
