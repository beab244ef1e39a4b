-- Since when (ms) something is known to happen by itself: `report ID`, `closing AGREEMENT`. What came due before, does not.
create table scheduled (what text primary key, since integer not null) strict, without rowid;

-- How a run of a scheduled report stands at each of its ends (target: folder, `mail ADDRESS`, webhook). due, first,
-- newest (attempt), delivered: ms; words: why the newest attempt failed, or what is to be said of the delivery.
create table delivery (
  report text not null, period text not null, target text not null, due integer not null, tries integer not null,
  first integer not null, newest integer not null, delivered integer, words text not null,
  primary key (report, period, target)
) strict, without rowid;
