-- What was done about the end of a membership, when, and about which end: a later one begins anew.
alter table role_grant
  add column told text check (told in ('month', 'week', 'day', 'suspended', 'reminded', 'closing')),
  add column told_for date,
  add column told_on date;
