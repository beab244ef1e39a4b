-- Corrections are entries of the register like all others; nothing was ever put into their own table.
drop table correction;

-- Each entry's digest is over the digest before it and the entry itself: an entry changed or taken out later shows.
alter table register add column digest text not null default '';
