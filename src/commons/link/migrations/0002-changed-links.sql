-- A link that leads elsewhere, or nowhere any more, is news for every process that remembers it.
create function tell_changed_link() returns trigger
language plpgsql
as $$
begin
  perform platform.tell_news('link.changed', old.slug);
  return null;
end
$$;

create trigger link_changed after delete or update of slug, url, state on link
for each row execute function tell_changed_link();
