-- Counts what came on one day, under the date of that day: its months and years are sums.
alter table figure add column daily boolean not null default false;
