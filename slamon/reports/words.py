"""Every message of a report, in English and in German. Braces name cells; a pair: for one, for several."""

from slamon.reports.agreements.words import AGREEMENT_WORDS, Form
from slamon.reports.offered.words import OFFERED_WORDS
from slamon.reports.review.words import REVIEW_WORDS

WORDS: dict[str, tuple[Form, Form]] = {
    # -- title and sections
    "title": ("Service level report {period}", "Servicebericht {period}"),
    "subtitle": ("{customer}, agreement {agreement}", "{customer}, Vereinbarung {agreement}"),
    "section.summary": ("Summary", "Zusammenfassung"),
    "section.head": ("What this report is about", "Worum es geht"),
    "section.trend": ("The last twelve periods", "Die letzten zwölf Zeiträume"),
    "section.hours": ("Service hours", "Servicezeiten"),
    "section.services": ("Service by service", "Die Services im Einzelnen"),
    "section.named": ("{name}", "{name}"),
    "section.outages": ("Outages", "Ausfälle"),
    "section.maintenance": ("Maintenance", "Wartung"),
    "section.corrections": ("Corrections", "Korrekturen"),
    "section.credits": ("Service credits", "Gutschriften"),
    "section.appendix": ("Appendix: to recompute the figures", "Anhang: zum Nachrechnen"),
    "section.rules": ("The rules", "Die Regeln"),
    "section.recompute": ("Time and sums: {name}", "Zeiten und Summen: {name}"),
    "part.revision": ("{service} (revision {revision})", "{service} (Fassung {revision})"),
    "period.week": ("week {number} of {year}", "KW {number}/{year}"),
    "period.quarter": ("quarter {number} of {year}", "{number}. Quartal {year}"),
    "yes": ("yes", "ja"),
    "no": ("no", "nein"),
    # -- head
    "head.customer": ("Customer", "Kunde"),
    "head.kind": ("Kind of customer", "Art des Kunden"),
    "kind.internal": ("internal", "intern"),
    "kind.external": ("external", "extern"),
    "head.agreement": ("Agreement", "Vereinbarung"),
    "head.revision": ("Revision", "Fassung"),
    "head.services": ("Services", "Services"),
    "head.period": ("Period", "Zeitraum"),
    "head.from": ("From", "Von"),
    "head.to": ("To (exclusive)", "Bis (ausschließlich)"),
    "head.in_force_from": ("In force from", "In Kraft ab"),
    "head.in_force_until": ("In force until", "In Kraft bis"),
    "head.zone": ("Time zone of all times", "Zeitzone aller Zeitangaben"),
    "head.state": ("State of the figures", "Status der Werte"),
    "state.open": ("provisional", "vorläufig"),
    "state.going_on": ("provisional, the period is running", "vorläufig, der Zeitraum läuft"),
    "state.closed": ("closed", "abgeschlossen"),
    "state.approved": ("closed and approved", "abgeschlossen und freigegeben"),
    "state.disputed": ("closed and disputed", "abgeschlossen und bestritten"),
    "head.known_at": ("As known at", "Stand der Daten"),
    # -- verdicts
    "verdict.not_in_service": ("not in service", "keine Servicezeit"),
    "verdict.breached": ("missed", "verfehlt"),
    "verdict.no_data": ("no figure", "kein Wert"),
    "verdict.insufficient_data": ("too little data", "zu wenig Daten"),
    "verdict.met": ("met", "eingehalten"),
    "verdict.at_risk": ("at risk", "gefährdet"),
    "verdict.on_track": ("on track", "im Plan"),
    "verdict.missed": ("missed", "verfehlt"),
    "verdict.too_few": ("too few to judge", "zu wenige Messungen"),
    # -- summary
    "overall.met": ("{period}: the agreement was met.", "{period}: Die Vereinbarung wurde eingehalten."),
    "overall.breached": ("{period}: the agreement was missed.", "{period}: Die Vereinbarung wurde verfehlt."),
    "overall.no_data": (
        "{period}: there is no figure, so nothing is said about the agreement.",
        "{period}: Es gibt keinen Wert und damit keine Aussage zur Vereinbarung.",
    ),
    "overall.insufficient_data": (
        "{period}: too little was seen to judge the agreement.",
        "{period}: Es wurde zu wenig gemessen, um die Vereinbarung zu beurteilen.",
    ),
    "overall.at_risk": (
        "{period}, up to {at}: the agreement is at risk. If outages go on as lately, the budget will not last.",
        "{period}, bis {at}: Die Vereinbarung ist gefährdet. Gehen die Ausfälle weiter wie zuletzt, reicht das Budget "
        "nicht.",
    ),
    "overall.on_track": (
        "{period}, up to {at}: the agreement is on track.",
        "{period}, bis {at}: Die Vereinbarung liegt im Plan.",
    ),
    "overall.not_in_service": (
        "{period}: there was no service time, so nothing to judge.",
        "{period}: Es gab keine Servicezeit und damit nichts zu beurteilen.",
    ),
    "sentence.above": (
        "{service}: available {availability}, agreed {target}: {difference} percentage points above the target. "
        "Down for {downtime}, {allowed} were allowed. Coverage of the measurement {coverage}.",
        "{service}: Verfügbarkeit {availability}, vereinbart {target}: {difference} Prozentpunkte über dem Ziel. "
        "Ausfallzeit {downtime}, zulässig waren {allowed}. Messabdeckung {coverage}.",
    ),
    "sentence.below": (
        "{service}: available {availability}, agreed {target}: {difference} percentage points below the target. "
        "Down for {downtime}, only {allowed} were allowed. Coverage of the measurement {coverage}.",
        "{service}: Verfügbarkeit {availability}, vereinbart {target}: {difference} Prozentpunkte unter dem Ziel. "
        "Ausfallzeit {downtime}, zulässig waren nur {allowed}. Messabdeckung {coverage}.",
    ),
    "sentence.none": ("{service}: there is no figure. {why}", "{service}: Es gibt keinen Wert. {why}"),
    "why.out": (
        "No service hours of the agreement lie in the period so far.",
        "In den bisherigen Zeitraum fällt keine Servicezeit der Vereinbarung.",
    ),
    "why.excluded": (
        "All of the service time is taken out, by maintenance or by corrections.",
        "Die gesamte Servicezeit ist durch Wartung oder Korrekturen ausgenommen.",
    ),
    "why.unseen": (
        "Nobody looked in all of the measured time: {unknown} are unknown. That is neither up nor down.",
        "In der gesamten gewerteten Zeit wurde nicht gemessen: {unknown} sind unbekannt. "
        "Das ist weder Verfügbarkeit noch Ausfall.",
    ),
    "change": (
        "{service} in the period before, {period}: {before}, {outages}, down for {downtime}.",
        "{service} im Zeitraum davor, {period}: {before}, {outages}, Ausfallzeit {downtime}.",
    ),
    "outages": (("{n} outage", "{n} outages"), ("{n} Ausfall", "{n} Ausfälle")),
    "accounting.by_time": (
        "Accounting is by time; requests and users are not weighed.",
        "Abgerechnet wird nach Zeit; Anfragen und Nutzer werden nicht gewichtet.",
    ),
    "state.provisional": (
        "The figures are as known at {at}. They are provisional until the period is closed.",
        "Die Werte haben den Stand {at}. Sie sind vorläufig, bis der Zeitraum abgeschlossen ist.",
    ),
    "state.running": (
        "The period is still running. All figures are those up to {at}, and provisional.",
        "Der Zeitraum läuft noch. Alle Werte gelten bis {at} und sind vorläufig.",
    ),
    # -- closing
    "section.frozen": ("Closing", "Abschluss"),
    "frozen.by": (
        "The period was closed by {author} at {at}. The figures are frozen as known at {known}.",
        "Der Zeitraum wurde von {author} am {at} abgeschlossen. Die Werte sind eingefroren, Stand {known}.",
    ),
    "frozen.restated": (
        "They are those of restatement {number} by {author} at {at}: {reason}",
        "Es gelten die Werte der Berichtigung {number} von {author} am {at}: {reason}",
    ),
    "frozen.approved": ("Approved by {author} at {at}.", "Freigegeben von {author} am {at}."),
    "frozen.disputed": ("Disputed by {author} at {at}.", "Bestritten von {author} am {at}."),
    "frozen.text": ("In their words: {text}", "Im Wortlaut: {text}"),
    "frozen.differs": (
        "Computed anew today they would be others, which stand below. What is frozen counts until it is restated.",
        "Heute neu berechnet wären es andere; sie stehen unten. Bis zu einer Berichtigung gilt, was eingefroren ist.",
    ),
    "frozen.unlike": (
        "They cannot be made anew from what is stored and configured now, so what lies under them is not shown; slamon "
        "verify names the first difference.",
        "Aus dem, was heute gespeichert und konfiguriert ist, lassen sie sich nicht mehr ermitteln. Was ihnen zugrunde "
        "liegt, fehlt deshalb; den ersten Unterschied nennt slamon verify.",
    ),
    "frozen.closing": ("closing", "Abschluss"),
    "frozen.restatement": ("restatement {number}", "Berichtigung {number}"),
    "frozen.now": ("computed now", "heute berechnet"),
    "trend.note": (
        "A dash means that there is no figure. A change of the agreement shows as two rows of one period.",
        "Ein Strich bedeutet: Es gibt keinen Wert. Ändert sich die Vereinbarung, hat ein Zeitraum zwei Zeilen.",
    ),
    # -- headings
    "column.section": ("Section", "Abschnitt"),
    "column.text": ("Text", "Text"),
    "column.what": ("What", "Was"),
    "column.value": ("Value", "Wert"),
    "column.period": ("Period", "Zeitraum"),
    "column.service": ("Service", "Service"),
    "column.target": ("Target", "Ziel"),
    "column.availability": ("Available", "Verfügbar"),
    "column.difference": ("Points", "Punkte"),
    "column.verdict": ("Verdict", "Urteil"),
    "column.downtime": ("Downtime", "Ausfallzeit"),
    "column.budget": ("Budget", "Budget"),
    "column.used": ("Used", "Verbraucht"),
    "column.outages": ("Outages", "Ausfälle"),
    "column.coverage": ("Coverage", "Abdeckung"),
    "column.credit": ("Credit", "Gutschrift"),
    "column.day": ("Date", "Datum"),
    "column.in_service": ("Service time", "Servicezeit"),
    "column.excluded": ("Excluded", "Ausgenommen"),
    "column.unknown": ("Unknown", "Unbekannt"),
    "column.degraded": ("Degraded", "Eingeschränkt"),
    "column.number": ("No.", "Nr."),
    "column.begin": ("Begin", "Beginn"),
    "column.end": ("End", "Ende"),
    "column.length": ("Length", "Dauer"),
    "column.counted": ("Counted", "Gewertet"),
    "column.left_out": ("Not counted", "Nicht gewertet"),
    "column.failed": ("What failed", "Was ausfiel"),
    "column.last_good": ("Last good", "Zuletzt gut"),
    "column.first_failed": ("First failed", "Erster Fehler"),
    "column.last_failed": ("Last failed", "Letzter Fehler"),
    "column.first_good": ("First good", "Wieder gut"),
    "column.dependency": ("Began in", "Ursprung"),
    "column.numbers": ("Outage no.", "Ausfall Nr."),
    "column.hours": ("Hours", "Zeiten"),
    "column.summary": ("What for", "Anlass"),
    "column.announced": ("Announced", "Angekündigt"),
    "column.counted_window": ("Taken out", "Angerechnet"),
    "column.remark": ("Remark", "Bemerkung"),
    "column.cause": ("Cause", "Ursache"),
    "column.kind": ("Says", "Wirkung"),
    "column.changes": ("Changes", "Ändert"),
    "column.reason": ("Reason", "Begründung"),
    "column.author": ("Author", "Verfasser"),
    "column.entered": ("Entered", "Eingetragen"),
    "column.ticket": ("Ticket", "Vorgang"),
    "column.uncorrected": ("Without", "Ohne Korrektur"),
    "column.uncorrected_downtime": ("Downtime without", "Ausfallzeit ohne"),
    "column.revision": ("Revision", "Fassung"),
    "column.below": ("Available below", "Verfügbarkeit unter"),
    "column.corrected": ("Cause and ticket", "Ursache und Vorgang"),
    "column.check": ("Check", "Prüfung"),
    "column.interval": ("Interval", "Abstand"),
    "column.confirm": ("Failures that confirm", "Fehler bis zur Bestätigung"),
    "column.flapping": ("Blips that count", "Aussetzer, die zählen"),
    "column.was": ("Accounted as", "Gewertet als"),
    "column.seen": ("Seen", "Gemessen"),
    # -- tables
    "table.availability": ("Availability and budget", "Verfügbarkeit und Budget"),
    "table.time": ("Time", "Zeiten"),
    "table.outages": ("Outages in numbers", "Ausfälle in Zahlen"),
    "table.otherwise": ("The figure under other views", "Der Wert aus anderer Sicht"),
    "table.latency": ("Latency objective", "Antwortzeitziel"),
    "table.days": ("Day by day", "Tag für Tag"),
    "table.uncounted": ("Outages that do not count", "Ausfälle, die nicht zählen"),
    "table.dependencies": ("Dependencies that caused outages", "Abhängigkeiten, die Ausfälle verursachten"),
    "table.dates": ("Dates with hours of their own", "Tage mit eigenen Zeiten"),
    "table.coming": ("Maintenance to come", "Kommende Wartung"),
    "table.uncorrected": ("With and without corrections", "Mit und ohne Korrekturen"),
    "table.credits": ("Tiers", "Staffel"),
    "table.checks": ("How checks are confirmed", "Wie Prüfungen bestätigt werden"),
    "table.sums": ("Sums", "Summen"),
    "table.stretches": ("Each stretch of service time", "Jeder Abschnitt der Servicezeit"),
    # -- pictures
    "picture.strip": ("Day by day: {service}", "Tag für Tag: {service}"),
    "picture.burn": ("Budget left: {service}", "Restbudget: {service}"),
    "picture.trend": ("Availability: {service}", "Verfügbarkeit: {service}"),
    "picture.target": ("target {target}", "Ziel {target}"),
    "picture.none": ("Nothing to show", "Nichts darzustellen"),
    "legend.up": ("no outage", "kein Ausfall"),
    "legend.degraded": ("degraded", "eingeschränkt"),
    "legend.down": ("outage", "Ausfall"),
    "legend.unknown": ("unknown", "unbekannt"),
    "legend.excluded": ("all excluded", "ganz ausgenommen"),
    "legend.out": ("no service hours", "keine Servicezeit"),
    # -- rows
    "row.verdict": ("Verdict", "Urteil"),
    "row.target": ("Target", "Ziel"),
    "row.availability": ("Availability", "Verfügbarkeit"),
    "row.difference": ("Difference in percentage points", "Abstand in Prozentpunkten"),
    "row.downtime": ("Downtime", "Ausfallzeit"),
    "row.allowance": ("Allowed downtime of the whole period", "Zulässige Ausfallzeit des ganzen Zeitraums"),
    "row.budget": ("Budget, less unseen time", "Budget, ohne nicht gemessene Zeit"),
    "row.used": ("Budget used", "Budget verbraucht"),
    "row.remaining": ("Budget left", "Budget übrig"),
    "row.credit": ("Service credit", "Gutschrift"),
    "row.in_service": ("Service time", "Servicezeit"),
    "row.excluded": ("Excluded", "Ausgenommen"),
    "row.measured": ("Measured", "Gewertet"),
    "row.unknown": ("Unknown", "Unbekannt"),
    "row.known": ("Known", "Bekannt"),
    "row.observed": ("Observed", "Gemessen"),
    "row.coverage": ("Coverage: observed of measured", "Messabdeckung: gemessen von gewertet"),
    "row.degraded": ("Degraded", "Eingeschränkt"),
    "row.measured_full": ("Measured in the whole period", "Gewertet im ganzen Zeitraum"),
    "row.resolution": ("Resolution of the measurement", "Messauflösung"),
    "row.outages": ("Number", "Anzahl"),
    "row.longest": ("Longest, counted time", "Längster, gewertete Zeit"),
    "row.mtrs": ("Mean time to restore service (MTRS)", "Mittlere Wiederherstellungsdauer (MTRS)"),
    "row.mtbf": ("Mean time between failures (MTBF)", "Mittlere Betriebsdauer zwischen Ausfällen (MTBF)"),
    "row.blips": ("Blips: failures that were not confirmed", "Aussetzer: nicht bestätigte Fehler"),
    "row.blip_time": ("Their time in all", "Deren Zeit insgesamt"),
    "row.confirm_1": (
        "Availability with every failure believed (confirm 1)",
        "Verfügbarkeit ohne Bestätigung (confirm 1)",
    ),
    "row.confirm_1_downtime": ("Downtime then", "Ausfallzeit dann"),
    "row.confirm_1_outages": ("Outages then", "Ausfälle dann"),
    "row.uncorrected": ("Availability without corrections", "Verfügbarkeit ohne Korrekturen"),
    "row.uncorrected_downtime": ("Downtime without corrections", "Ausfallzeit ohne Korrekturen"),
    "row.latency_verdict": ("Verdict", "Urteil"),
    "row.latency_threshold": ("Threshold", "Schwelle"),
    "row.latency_target": ("Target", "Ziel"),
    "row.latency_ratio": ("At or under the threshold", "Unter oder an der Schwelle"),
    "row.latency_good": ("Good observations", "Gute Messungen"),
    "row.latency_total": ("Observations", "Messungen"),
    # -- outages
    "outages.none": ("No outage was counted.", "Es wurde kein Ausfall gewertet."),
    "outages.some": (
        ("{n} outage was counted.", "{n} outages were counted."),
        ("{n} Ausfall wurde gewertet.", "{n} Ausfälle wurden gewertet."),
    ),
    "outages.open": ("still going on", "dauert an"),
    "outage.cause": ("{cause}", "{cause}"),
    "outage.ticket": ("{cause}, {ticket}", "{cause}, {ticket}"),
    "outages.evidence": (
        "The observations around each outage: its true length lies between the inner and the outer pair.",
        "Die Messungen um jeden Ausfall: Seine wahre Dauer liegt zwischen dem inneren und dem äußeren Paar.",
    ),
    "outages.uncounted": (
        ("{n} further outage did not count.", "{n} further outages did not count."),
        ("{n} weiterer Ausfall zählte nicht.", "{n} weitere Ausfälle zählten nicht."),
    ),
    "left.out": ("{time} outside service hours", "{time} außerhalb der Servicezeit"),
    "left.maintenance": ("{time} in planned maintenance", "{time} in geplanter Wartung"),
    "left.correction": ("{time} excluded by correction", "{time} durch Korrektur ausgenommen"),
    "left.unknown": ("{time} unknown", "{time} unbekannt"),
    "left.up": (
        "{time} accounted as up (correction, maintenance or too short)",
        "{time} als verfügbar gewertet (Korrektur, Wartung oder zu kurz)",
    ),
    "failed.check": (
        ("{check} ({n} failed probe)", "{check} ({n} failed probes)"),
        ("{check} ({n} Fehlmessung)", "{check} ({n} Fehlmessungen)"),
    ),
    "failed.reason": (
        ("{check}: {reason} ({n} failed probe)", "{check}: {reason} ({n} failed probes)"),
        ("{check}: {reason} ({n} Fehlmessung)", "{check}: {reason} ({n} Fehlmessungen)"),
    ),
    "failed.none": ("no failed probe: entered or unseen", "keine Fehlmessung: eingetragen oder nicht gemessen"),
    "dependencies.none": (
        "No outage began in a service that this one depends on.",
        "Kein Ausfall ging von einem Service aus, auf dem dieser aufbaut.",
    ),
    "dependencies.some": (
        "Outages that began in a service that this one depends on:",
        "Ausfälle, die von einem Service ausgingen, auf dem dieser aufbaut:",
    ),
    # -- hours
    "revision": ("Revision {n}", "Fassung {n}"),
    "hours.always": ("Round the clock, every day ({zone}).", "Rund um die Uhr, jeden Tag ({zone})."),
    "hours.calendar": (
        "Calendar {calendar}, by the wall clock of {zone}.",
        "Kalender {calendar}, nach der Uhrzeit von {zone}.",
    ),
    "hours.none": ("none", "keine"),
    "hours.holiday": ("public holiday: none", "Feiertag: keine"),
    "hours.closed": ("closed", "geschlossen"),
    "weekday.0": ("Monday", "Montag"),
    "weekday.1": ("Tuesday", "Dienstag"),
    "weekday.2": ("Wednesday", "Mittwoch"),
    "weekday.3": ("Thursday", "Donnerstag"),
    "weekday.4": ("Friday", "Freitag"),
    "weekday.5": ("Saturday", "Samstag"),
    "weekday.6": ("Sunday", "Sonntag"),
    # -- maintenance
    "maintenance.none": ("No maintenance was planned in the period.", "Im Zeitraum war keine Wartung geplant."),
    "maintenance.some": (
        ("{n} window was planned in the period.", "{n} windows were planned in the period."),
        ("{n} Wartungsfenster war im Zeitraum geplant.", "{n} Wartungsfenster waren im Zeitraum geplant."),
    ),
    "maintenance.notice": (
        "Maintenance counts when it was announced {notice} before its beginning.",
        "Wartung zählt, wenn sie {notice} vor Beginn angekündigt war.",
    ),
    "maintenance.limit": (
        "Of it {limit} a period count at most.",
        "Davon zählen höchstens {limit} je Zeitraum.",
    ),
    "maintenance.with_agreement": ("with the agreement", "mit der Vereinbarung"),
    "maintenance.in_time": ("announced in time", "rechtzeitig angekündigt"),
    "maintenance.too_late": ("not announced in time, does not count", "nicht rechtzeitig angekündigt, zählt nicht"),
    "maintenance.beyond": (
        "{time} of service time not taken out: over the limit or counted already",
        "{time} Servicezeit nicht angerechnet: über der Grenze oder schon gezählt",
    ),
    "maintenance.outside": ("outside service hours", "außerhalb der Servicezeit"),
    # -- corrections
    "corrections.none": ("No correction is in force.", "Es gilt keine Korrektur."),
    "corrections.some": (
        "Each correction in force, by cause, with the time that it changes on its own.",
        "Jede geltende Korrektur, nach Ursache, mit der Zeit, die sie für sich genommen ändert.",
    ),
    "correction.exclude": ("excluded", "ausgenommen"),
    "correction.up": ("up", "verfügbar"),
    "correction.down": ("down", "Ausfall"),
    "cause.customer": ("customer", "Kunde"),
    "cause.third_party": ("third party", "Dritte"),
    "cause.force_majeure": ("force majeure", "höhere Gewalt"),
    "cause.maintenance": ("maintenance", "Wartung"),
    "cause.monitoring": ("monitoring", "Messfehler"),
    "cause.agreed": ("agreed", "vereinbart"),
    "cause.other": ("other", "Sonstiges"),
    # -- credits
    "credits.none": ("No credits are agreed.", "Es sind keine Gutschriften vereinbart."),
    "credits.not_due": ("No credit is due.", "Es ist keine Gutschrift fällig."),
    "credits.later": (
        "Credits are settled when the period is over.",
        "Über Gutschriften wird nach Ende des Zeitraums entschieden.",
    ),
    "credits.due": (
        "{service}: a credit of {credit} is due, at an availability of {availability}.",
        "{service}: Es ist eine Gutschrift von {credit} fällig, bei einer Verfügbarkeit von {availability}.",
    ),
    "credits.highest": (
        "The agreement's credit is the highest of them: {credit}.",
        "Für die Vereinbarung gilt die höchste davon: {credit}.",
    ),
    # -- appendix
    "appendix.use": (
        "With these rules and stretches of time every figure of this report can be recomputed by hand.",
        "Mit diesen Regeln und Abschnitten lässt sich jeder Wert dieses Berichts von Hand nachrechnen.",
    ),
    "rule.by_time": (
        "Accounting is by time, in whole milliseconds. Requests and users are not weighed.",
        "Abgerechnet wird nach Zeit, in ganzen Millisekunden. Anfragen und Nutzer werden nicht gewichtet.",
    ),
    "rule.observation": (
        "Each check is probed regularly. A probe speaks for the time up to the next one; where none came in time, it "
        "speaks for one interval. All other time is unknown.",
        "Jede Prüfung misst regelmäßig. Eine Messung gilt bis zur nächsten; bleibt diese aus, gilt sie für einen "
        "Abstand. Alle übrige Zeit ist unbekannt.",
    ),
    "rule.sums": (
        "Measured time is service time less what is excluded. Known time is measured time less unknown time that left "
        "the sum. Availability is known time less downtime, divided by known time.",
        "Gewertete Zeit ist Servicezeit ohne ausgenommene Zeit. Bekannte Zeit ist gewertete Zeit ohne die unbekannte "
        "Zeit, die aus der Summe fällt. Verfügbarkeit ist bekannte Zeit ohne Ausfallzeit, geteilt durch bekannte Zeit.",
    ),
    "rule.outage": (
        "Failures count as an outage once they are confirmed, and then from the first failure on. Failures that were "
        "not confirmed are blips: they do not count, unless they come close together.",
        "Fehler zählen als Ausfall, sobald sie bestätigt sind, dann ab dem ersten Fehler. Nicht bestätigte Fehler sind "
        "Aussetzer: Sie zählen nicht, außer wenn sie dicht aufeinander folgen.",
    ),
    "rule.cut": (
        "Numbers are never rounded but cut against the provider: availability, coverage and budget downward, "
        "downtime upward.",
        "Zahlen werden nie gerundet, sondern zulasten des Anbieters abgeschnitten: Verfügbarkeit, Messabdeckung und "
        "Budget nach unten, Ausfallzeit nach oben.",
    ),
    "rule.revision": ("Revision {revision}:", "Fassung {revision}:"),
    "rule.unknown.exclude": (
        "Unknown time leaves the sum: it counts for nobody and against nobody.",
        "Unbekannte Zeit fällt aus der Summe: Sie zählt für niemanden und gegen niemanden.",
    ),
    "rule.unknown.down": ("Unknown time counts as downtime.", "Unbekannte Zeit zählt als Ausfallzeit."),
    "rule.unknown.up": ("Unknown time is accounted as up.", "Unbekannte Zeit wird als verfügbar gewertet."),
    "rule.degraded.up": (
        "Degraded time is no downtime; it is told apart.",
        "Eingeschränkte Zeit ist keine Ausfallzeit; sie wird gesondert ausgewiesen.",
    ),
    "rule.degraded.down": ("Degraded time counts as downtime.", "Eingeschränkte Zeit zählt als Ausfallzeit."),
    "rule.maintenance.exclude": (
        "Planned maintenance that counts is excluded.",
        "Geplante Wartung, die zählt, ist ausgenommen.",
    ),
    "rule.maintenance.up": (
        "Planned maintenance that counts is accounted as up.",
        "Geplante Wartung, die zählt, wird als verfügbar gewertet.",
    ),
    "rule.min_outage": (
        "An outage shorter than {time} is accounted as up.",
        "Ein Ausfall, der kürzer ist als {time}, wird als verfügbar gewertet.",
    ),
    "rule.min_coverage": (
        "With a coverage under {coverage} nothing is said about the agreement.",
        "Bei einer Messabdeckung unter {coverage} gibt es kein Urteil.",
    ),
    "was.out": ("out of hours", "keine Servicezeit"),
    "was.up": ("up", "verfügbar"),
    "was.degraded": ("degraded", "eingeschränkt"),
    "was.unknown": ("unknown", "unbekannt"),
    "was.down": ("down", "Ausfall"),
    "was.excluded": ("excluded", "ausgenommen"),
    "formula.measured": (
        "Measured = service time {serving} − excluded {excluded} = {measured}.",
        "Gewertet = Servicezeit {serving} − ausgenommen {excluded} = {measured}.",
    ),
    "formula.known": (
        "Known = measured {measured} − unknown that left the sum {left} = {known}.",
        "Bekannt = gewertet {measured} − unbekannt außerhalb der Summe {left} = {known}.",
    ),
    "formula.availability": (
        "Availability = (known {known} − downtime {downtime}) / known = {up_ms} ms / {known_ms} ms = {availability}.",
        "Verfügbarkeit = (bekannt {known} − Ausfallzeit {downtime}) / bekannt = {up_ms} ms / {known_ms} ms = "
        "{availability}.",
    ),
    "formula.none": ("Availability: none. {why}", "Verfügbarkeit: keine. {why}"),
    "formula.budget": (
        "Budget = {miss} of (measured in the whole period {full} − unknown that left the sum {left}) = {budget}; "
        "spent: {downtime}.",
        "Budget = {miss} von (gewertet im ganzen Zeitraum {full} − unbekannt außerhalb der Summe {left}) = {budget}; "
        "verbraucht: {downtime}.",
    ),
    # -- in a line
    "result": ("{customer}, {agreement}: {verdict}", "{customer}, {agreement}: {verdict}"),
    "result.service": (
        "{service}: available {availability}, target {target}",
        "{service}: Verfügbarkeit {availability}, Ziel {target}",
    ),
    # -- foot
    "foot.page": ("Page", "Seite"),
    "foot.contents": ("Contents", "Inhalt"),
    "foot.made": ("Made by slamon {version}", "Erstellt mit slamon {version}"),
    "foot.replaced": (
        "Signs that the fonts of this file do not have stand as their numbers, as in [U+4E2D].",
        "Zeichen, die den Schriften dieser Datei fehlen, stehen als ihre Nummern, etwa [U+4E2D].",
    ),
}
WORDS |= AGREEMENT_WORDS | OFFERED_WORDS | REVIEW_WORDS
