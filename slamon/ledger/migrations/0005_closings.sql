-- What a closing or restatement froze: its entry's number, and JSON, compressed by zlib. Its SHA-256 is in the entry.
create table frozen (entry integer primary key references register, content blob not null) strict;
