-- The days of a figure's year as one list: years of days of many figures are read at once.
create table year_of_days (
  figure text not null references figure on delete cascade,
  year int not null,
  -- From 1 January to the last day that there is: of each what stands, null where nothing is known.
  days json not null default '[]',
  -- When the last of them was noted; null while there is none.
  noted_at timestamptz,
  primary key (figure, year)
);

-- Of the points of one day the hand stands over the report, the report over what was sampled.
create function days_of(one text, its_year int, out days json, out noted_at timestamptz) language sql stable as $$
  with standing as (
    select distinct on (at) lower(at) - make_date(its_year, 1, 1) as day, value, noted_at
    from figures.point
    where figure = one and precision = 'day'
      and at >= daterange(make_date(its_year, 1, 1), make_date(its_year, 1, 2)) and at < daterange(make_date(its_year + 1, 1, 1), make_date(its_year + 1, 1, 2))
    order by at, case source when 'manual' then 0 when 'import' then 1 else 2 end
  )
  select coalesce(json_agg(value order by day), '[]'), max(noted_at)
  from generate_series(0, (select max(day) from standing)) as day left join standing using (day)
$$;

create function gather_days() returns trigger language plpgsql as $$
declare
  own record;
begin
  for own in select distinct figure, extract(year from lower(at))::int as year from changed where precision = 'day' order by 1, 2 loop
    if tg_op <> 'DELETE' then
      insert into figures.year_of_days (figure, year) values (own.figure, own.year) on conflict do nothing;
    end if;
    -- Who else has changed a day of this year is waited for, and seen by what comes next.
    perform from figures.year_of_days where figure = own.figure and year = own.year for update;
    update figures.year_of_days set (days, noted_at) = (select * from figures.days_of(own.figure, own.year)) where figure = own.figure and year = own.year;
    delete from figures.year_of_days where figure = own.figure and year = own.year and noted_at is null;
  end loop;
  return null;
end
$$;

insert into year_of_days (figure, year, days, noted_at)
select figure, year, list.days, list.noted_at
from (select distinct figure, extract(year from lower(at))::int as year from point where precision = 'day') as there, days_of(figure, year) as list;

-- Points keep their figure and their day: what changes is what they say.
create trigger days_came after insert on point referencing new table as changed for each statement execute function gather_days();
create trigger days_changed after update on point referencing new table as changed for each statement execute function gather_days();
create trigger days_went after delete on point referencing old table as changed for each statement execute function gather_days();
