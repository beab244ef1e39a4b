-- Names and free texts of the register's entries, which hold their digests only: SHA-256 over salt and text. One that
-- was erased has neither, but what is told in its place. A digest stands for one place in one entry.
create table personal (digest text primary key, salt blob, value text, pseudonym text) strict, without rowid;
