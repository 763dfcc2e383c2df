--
-- PostgreSQL database dump
--

\restrict YZ6zItOUAdxkzSjAZuEjcsvkZLXtf5dDTyobjXjRdLrRfqbttcv8YpO796SV1nw

-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: elsewhere; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA elsewhere;


ALTER SCHEMA elsewhere OWNER TO postgres;

--
-- Name: f(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.f() RETURNS void
    LANGUAGE plpgsql
    AS $$ begin insert into wonder (id) values (9); end $$;


ALTER FUNCTION public.f() OWNER TO postgres;

--
-- Name: g(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.g() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT 1;
 SELECT
         CASE
             WHEN true THEN 2
             ELSE NULL::integer
         END AS "case";
END;


ALTER FUNCTION public.g() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: wonder; Type: TABLE; Schema: elsewhere; Owner: postgres
--

CREATE TABLE elsewhere.wonder (
    a integer
);
ALTER TABLE ONLY elsewhere.wonder ALTER COLUMN a SET (pg_attver=22252648);


ALTER TABLE elsewhere.wonder OWNER TO postgres;

--
-- Name: other one; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public."other one" (
    a integer,
    b text,
    c integer GENERATED ALWAYS AS ((a * 2)) STORED
);
ALTER TABLE ONLY public."other one" ALTER COLUMN a SET (pg_attver=22270920);
ALTER TABLE ONLY public."other one" ALTER COLUMN b SET (pg_attver=22270920);
ALTER TABLE ONLY public."other one" ALTER COLUMN c SET (pg_attver=22270920);


ALTER TABLE public."other one" OWNER TO postgres;

--
-- Name: wonder; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.wonder (
    id integer NOT NULL,
    name text NOT NULL,
    note text,
    data bytea,
    at timestamp without time zone NOT NULL,
    flag boolean NOT NULL,
    size bigint
);
ALTER TABLE ONLY public.wonder ALTER COLUMN id SET (pg_attver=22158976);
ALTER TABLE ONLY public.wonder ALTER COLUMN name SET (pg_attver=22158976);
ALTER TABLE ONLY public.wonder ALTER COLUMN note SET (pg_attver=22158976);
ALTER TABLE ONLY public.wonder ALTER COLUMN data SET (pg_attver=22158976);
ALTER TABLE ONLY public.wonder ALTER COLUMN at SET (pg_attver=22158976);
ALTER TABLE ONLY public.wonder ALTER COLUMN flag SET (pg_attver=22158976);
ALTER TABLE ONLY public.wonder ALTER COLUMN size SET (pg_attver=22158976);


ALTER TABLE public.wonder OWNER TO postgres;

--
-- Data for Name: wonder; Type: TABLE DATA; Schema: elsewhere; Owner: postgres
--

INSERT INTO elsewhere.wonder VALUES
	(1) ON CONFLICT DO NOTHING;


--
-- Data for Name: other one; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public."other one" VALUES
	(1, 'x;y', DEFAULT),
	(2, NULL, DEFAULT) ON CONFLICT DO NOTHING;


--
-- Data for Name: wonder; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public.wonder VALUES
	(1, 'Été à Brest', NULL, '\x00ff27225c0a', '2024-03-01 12:00:00', true, 9007199254740993),
	(2, 'l''heure "dite"', 'a
b
c	d', NULL, '1999-12-31 23:59:59', false, -1),
	(3, 'back\slash\n', '''); -- ', '\x5c6e', '2024-02-29 00:00:00', true, 0) ON CONFLICT DO NOTHING;
INSERT INTO public.wonder VALUES
	(4, '🌊 €', '\N', '\x', '2024-03-31 02:30:00', false, 1),
	(5, '', ' ', '\x0d', '2024-03-01 12:00:00', true, 2),
	(6, '`x`; DROP TABLE lstu; /* */ # --', '$$ $tag$ \.
\.
', '\x27', '2024-03-01 12:00:00', true, 3) ON CONFLICT DO NOTHING;
INSERT INTO public.wonder VALUES
	(7, 'INSERT INTO `wonder` VALUES (1);
', '%_', '\x2c28', '2024-03-01 12:00:00', false, 4) ON CONFLICT DO NOTHING;


--
-- Name: wonder wonder_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.wonder
    ADD CONSTRAINT wonder_pkey PRIMARY KEY (id);


--
-- PostgreSQL database dump complete
--

\unrestrict YZ6zItOUAdxkzSjAZuEjcsvkZLXtf5dDTyobjXjRdLrRfqbttcv8YpO796SV1nw

