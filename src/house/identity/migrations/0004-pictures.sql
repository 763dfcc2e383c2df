-- Pictures, drawn anew by us: of people, and the marks of applications. Each is the key of a blob that is named once.
alter table account add column picture text;
alter table application add column logo text;
create unique index account_picture on account (picture);
create unique index application_logo on application (logo);
