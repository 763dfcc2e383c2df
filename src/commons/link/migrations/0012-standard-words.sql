-- The words that the field uses: a management token and its hash, a surge of spam, a rescan.
alter table link rename column manage_name to manage_token_hash;
alter index link_manage_name_key rename to link_manage_token_hash_key;

alter table wave rename to spam_surge;
alter index wave_pkey rename to spam_surge_pkey;
update link set reason = 'spam-surge' where reason = 'wave';

create or replace function tell_changed_risk() returns trigger
language plpgsql
as $$
begin
  perform platform.tell_news('link.risk', tg_table_name);
  perform graphile_worker.add_job('link.rescan', run_at => now() + interval '10 seconds', max_attempts => 6, job_key => 'link.rescan');
  return null;
end
$$;

-- Jobs that wait under their former names.
do $$
begin
  if to_regclass('graphile_worker._private_tasks') is null then return; end if;
  update graphile_worker._private_tasks set identifier = 'link.rescan'
  where identifier = 'link.judge-again' and not exists (select from graphile_worker._private_tasks where identifier = 'link.rescan');
end
$$;
