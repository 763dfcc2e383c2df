-- What is sent is an e-mail.
alter table letter rename to email;
alter table picture rename column letter to email;
alter sequence letter_id_seq rename to email_id_seq;
alter index letter_pkey rename to email_pkey;
alter index letter_message_id_key rename to email_message_id_key;
alter index letter_waiting rename to email_waiting;
alter index letter_settled rename to email_settled;

-- Jobs that wait under their former name.
do $$
begin
  if to_regclass('graphile_worker._private_tasks') is null then return; end if;
  update graphile_worker._private_tasks set identifier = 'platform.send-email'
  where identifier = 'platform.send-letter' and not exists (select from graphile_worker._private_tasks where identifier = 'platform.send-email');
end
$$;
