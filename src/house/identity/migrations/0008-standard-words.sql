-- What is kept of a secret is a keyed hash, and what was done to accounts is the security log.
alter table audit rename to security_log;
alter sequence audit_id_seq rename to security_log_id_seq;
alter index audit_pkey rename to security_log_pkey;
alter index audit_subject rename to security_log_subject;
alter index audit_actor rename to security_log_actor;
alter index audit_at rename to security_log_at;
alter trigger audit_is_kept on security_log rename to security_log_is_kept;
alter function audit_is_kept() rename to security_log_is_kept;

drop function audit_end();
create function security_log_end() returns bytea language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(4207010);
  return (select sum from identity.security_log order by id desc limit 1);
end $$;

alter table session rename column name to token_hash;
alter table token rename column name to token_hash;
alter table ticket rename column name to token_hash;
alter table invitation rename column name to token_hash;
alter table recovery rename column name to token_hash;
alter table recovery_code rename column name to code_hash;
alter table known_device rename column name to device_hash;
alter table failure rename column name to key_hash;
alter table oidc_payload rename column name to id_hash;
alter table oidc_payload rename column grant_name to grant_hash;
