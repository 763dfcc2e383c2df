-- Years of days of many figures are read at once, and stand all over the table: the index holds what is read of them.
alter table point
  drop constraint point_pkey,
  add primary key (figure, at, source) include (precision, value, noted_at);
