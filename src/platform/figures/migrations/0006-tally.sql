-- What came, noted in the transaction in which it came. Rows are only added here, so that no two wait for one another; each
-- hour they are added up, and those of days that are over become points.
create table tally (
  figure text not null,
  day date not null,
  amount bigint not null
);

-- Since when each day is counted in the tally: a day of which it has nothing is 0 from then on.
alter table figure add column tallied_since date;

-- Flows were sampled as totals since the first day. What was added between two days is what came on the first of them.
create temporary table gain on commit drop as
  select figure, lag(day) over of_figure as first_day, day as until, greatest(0, total - lag(total) over of_figure) as amount
  from (
    select figure, lower(at) as day, value as total from point where source = 'live' and precision = 'day' and value is not null
    union all
    -- Of a month without days, its last total.
    select figure, upper(at), value from point as of_month where source = 'live' and precision = 'month' and value is not null
      and not exists (select from point as of_day where of_day.figure = of_month.figure and source = 'live' and precision = 'day' and of_day.at && of_month.at)
  ) as totals join figure on figure.id = totals.figure and kind = 'flow' and not daily
  window of_figure as (partition by figure order by day);

delete from point using figure where figure.id = point.figure and kind = 'flow' and not daily and source = 'live';

insert into point (figure, at, precision, value, state, source)
  select figure, daterange(first_day, until), 'day', amount, 'known', 'live' from gain where until = first_day + 1
  union all
  select figure, at, unit, sum(amount), case when min(first_day) = lower(at) and max(until) = upper(at) then 'known' else 'estimated' end, 'live'
  from gain, unnest(array['month', 'year']) as unit,
    lateral (select daterange(date_trunc(unit, first_day)::date, (date_trunc(unit, first_day) + ('1 ' || unit)::interval)::date) as at) as period
  where until <= upper(at) and upper(at) <= current_date
  group by figure, at, unit;

update figure set daily = true where kind = 'flow' and id in (select figure from gain);
