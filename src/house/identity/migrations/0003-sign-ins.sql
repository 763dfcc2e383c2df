-- The sum at the end of the chain, for the one who writes next: others wait until that line is there or undone. Each
-- statement of a volatile function sees what was committed before it, so the sum is read after the wait.
create function audit_end() returns bytea language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(4207010);
  return (select sum from identity.audit order by id desc limit 1);
end $$;

create index known_device_account on known_device (account);
