-- Processes remember applications: what they say of themselves, and what the house says of them. Changes are told at once.
create function tell_application() returns trigger language plpgsql as $$
begin
  perform platform.tell_news('identity.application', '');
  return null;
end $$;
create trigger tell_application after insert or update or delete on application for each statement execute function tell_application();
create trigger tell_application_made after insert or update on oidc_payload for each row when (new.kind = 'Client') execute function tell_application();
create trigger tell_application_gone after delete on oidc_payload for each row when (old.kind = 'Client') execute function tell_application();
