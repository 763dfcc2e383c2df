alter table link
  -- When it was taken over from another software. Null: made here, also by a program of that software. What was taken over
  -- never ends by itself: it stands on posters that nobody prints anew.
  add column imported_at timestamptz,
  -- When a person who had looked at it let it lead on: an audit leaves it alone.
  add column opened_at timestamptz;

update link set imported_at = created_at where source = 'import';

-- Processes remember for a while that a slug leads nowhere: a new link is news for them. Of one, its slug is told; of many
-- at once, only that they are there, however many.
create function tell_made_links() returns trigger
language plpgsql
as $$
declare
  slugs text[] := array(select slug from made limit 2);
begin
  if cardinality(slugs) = 1 then
    perform platform.tell_news('link.changed', slugs[1]);
  elsif cardinality(slugs) > 1 then
    perform platform.tell_news('link.many', 'made');
  end if;
  return null;
end
$$;

create trigger link_made after insert on link referencing new table as made
for each statement execute function tell_made_links();
