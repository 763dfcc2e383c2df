-- What is known of addresses has changed: all links are judged again, once for changes that come together.
create or replace function tell_changed_risk() returns trigger
language plpgsql
as $$
begin
  perform platform.tell_news('link.risk', tg_table_name);
  perform graphile_worker.add_job('link.judge-again', run_at => now() + interval '10 seconds', max_attempts => 6, job_key => 'link.judge-again');
  return null;
end
$$;
