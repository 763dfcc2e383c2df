-- When all links of a page are visited, all of them need room for a new version beside the old one: half of it.
alter table link set (fillfactor = 50);
alter table link_day set (fillfactor = 50);
