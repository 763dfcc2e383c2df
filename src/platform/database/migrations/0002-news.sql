-- Tells every process of ours a piece of news, once the transaction is committed. Called by triggers, so that no code
-- can change a thing and forget to say so, whoever changes it. News says what to look at again, it does not carry it.
create function tell_news(topic text, told text) returns void
language sql
as $$ select pg_notify('bagad_news', topic || ' ' || told) $$;
