-- A page that no longer answers, or does again, changes what visitors see first.
create trigger link_died after update of health on link
for each row when (old.health <> new.health and 'dead' in (old.health, new.health)) execute function tell_changed_link();
