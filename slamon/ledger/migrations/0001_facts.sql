-- Instants and durations are whole milliseconds (instants since the Unix epoch, UTC), probe durations microseconds.
-- In a table without rowid the key's columns come first: the checks of SQLite 3.40 mistake others for null.

create table fact (name text primary key, value integer) strict, without rowid;  -- watermark, clean

create table check_key (key integer primary key, name text not null unique) strict;

-- Runs for good: their blind stretches are applied. "end" is null while it depends on what comes.
create table run (
  check_key integer not null references check_key, start integer not null, last integer not null, "end" integer,
  verdict text not null, count integer not null, interval_ms integer not null, stale_after_ms integer not null,
  reason text, counted integer not null,
  primary key (check_key, start)
) strict, without rowid;

-- Runs dated after a clock that was since set back: kept, never accounted.
create table run_aside (
  check_key integer not null references check_key, start integer not null, entered integer not null,
  last integer not null, "end" integer, verdict text not null, count integer not null, interval_ms integer not null,
  stale_after_ms integer not null, reason text, counted integer not null,
  primary key (check_key, start, entered)
) strict, without rowid;

-- The newest observations as they came, one row a commit; older ones are in runs. counted: in tally already.
create table journal (
  seq integer primary key, newest integer not null, counted integer not null, body text not null
) strict;

create table blind (
  start integer not null, cause text not null, "end" integer not null, primary key (start, cause)
) strict, without rowid;

-- Durations by quarter hour of the UTC clock: buckets and exact thresholds as varints, see packing.py.
create table quarter (
  check_key integer not null references check_key, start integer not null, total integer not null,
  sum_us integer not null, good blob not null, buckets blob not null,
  primary key (check_key, start)
) strict, without rowid;

-- When each check joined and left its service, under which terms it was last watched.
create table stint (
  check_key integer not null references check_key, position integer not null, service text not null, since integer,
  until integer, interval_ms integer not null, confirm integer not null, flapping integer not null,
  timeout_ms integer not null,
  primary key (check_key, position)
) strict, without rowid;

create table tally (
  check_key integer primary key references check_key, since integer, observations integer not null,
  degraded integer not null, failures integer not null, reasons text not null, durations text
) strict;

create table accounted (
  agreement text not null, service text not null, since integer not null, until integer not null, up integer not null,
  down integer not null, unknown integer not null, excluded integer not null,
  primary key (agreement, service)
) strict, without rowid;

create table outages (
  service text primary key, since integer not null, until integer not null, count integer not null
) strict, without rowid;

create table correction (
  id integer primary key, agreement text not null, kind text not null, start integer not null, "end" integer not null,
  entered integer not null, author text not null, reason text not null, cause text not null, ticket text,
  revoked integer
) strict;

-- Append-only entries about agreements and services; what each kind's body holds is its own affair.
create table register (
  id integer primary key, kind text not null, entered integer not null, author text not null, agreement text,
  service text, body text not null
) strict;
create index register_by_kind on register (kind, entered);

-- Facts that were not observed by this system: imported or invented for a demo.
create table mark (
  kind text not null, start integer not null, "end" integer not null, entered integer not null, words text not null,
  primary key (kind, start, "end")
) strict, without rowid;
