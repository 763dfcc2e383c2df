PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE wonder (
  id int primary key, -- a comment, with a comma
  name text not null, note text, data blob, at text not null, flag int not null, size integer);
INSERT INTO wonder VALUES(1,'Été à Brest',NULL,X'00ff27225c0a','2024-03-01 12:00:00',1,9007199254740993);
INSERT INTO wonder VALUES(2,'l''heure "dite"',replace(replace('a\nb\r\nc	d','\r',char(13)),'\n',char(10)),NULL,'1999-12-31 23:59:59',0,-1);
INSERT INTO wonder VALUES(3,'back\slash\n','''); -- ',X'5c6e','2024-02-29 00:00:00',1,0);
INSERT INTO wonder VALUES(4,'🌊 €','\N',X'','2024-03-31 02:30:00',0,1);
INSERT INTO wonder VALUES(5,'',' ',X'0d','2024-03-01 12:00:00',1,2);
INSERT INTO wonder VALUES(6,'`x`; DROP TABLE lstu; /* */ # --',replace('$$ $tag$ \.\n\.\n','\n',char(10)),X'27','2024-03-01 12:00:00',1,3);
INSERT INTO wonder VALUES(7,replace('INSERT INTO `wonder` VALUES (1);\n','\n',char(10)),'%_',X'2c28','2024-03-01 12:00:00',0,4);
CREATE TABLE IF NOT EXISTS "other one" (a int, [b] text);
INSERT INTO "other one" VALUES(1,'x;y');
INSERT INTO "other one" VALUES(2,NULL);
CREATE TRIGGER keep after insert on "other one" begin insert into wonder (id, name) select 9, case when new.a = 1 then 'x' end; delete from wonder where id = 9; end;
COMMIT;
