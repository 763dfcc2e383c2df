-- Drawings that stand in letters; they go with the words.
create table picture (
  letter bigint not null references letter on delete cascade,
  -- As the letter names it: cid:drawing-1
  number int not null,
  png bytea not null,
  primary key (letter, number)
);
