-- What was reported in of late: a job's starts and ends (what: start, up, down), another system's verdicts. The
-- observations that came of them are in journal and run. label: by which the sender knows it; words: of the newest only.
create table arrival (
  check_key integer not null references check_key, at integer not null, what text not null, reason text,
  duration_us integer, label text, words text,
  primary key (check_key, at)
) strict, without rowid;
