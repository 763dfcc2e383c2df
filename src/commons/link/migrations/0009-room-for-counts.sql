-- Visits change counts, which no index holds: with room on its page a new version of a row needs no new entries in indexes.
alter table link set (fillfactor = 80);
alter table link_day set (fillfactor = 80);
