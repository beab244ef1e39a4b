-- What Alertmanager told of alerts, once each: that one fires or is over reached a receiver, or who silenced it (what:
-- firing, resolved, silenced). starts: since when the alert fires. silence: the id; author and words are its own.
create table notice (
  service text not null, starts integer not null, fingerprint text not null, what text not null,
  receiver text not null, silence text not null, at integer not null, alert text not null, agreement text not null,
  severity text not null, author text not null, words text not null,
  primary key (service, starts, fingerprint, what, receiver, silence)
) strict, without rowid;
