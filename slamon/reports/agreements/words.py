"""Every message of an agreement's text, in English and in German; `slamon.reports.words` has those of reports."""

Form = str | tuple[str, str]

AGREEMENT_WORDS: dict[str, tuple[Form, Form]] = {
    # -- title and sections
    "agreement.title": ("{kind}: {agreement}", "{kind}: {agreement}"),
    "agreement.subtitle": (
        "{provider} – {customer}, revision {revision}, terms {digest}",
        "{provider} – {customer}, Fassung {revision}, Prüfsumme {digest}",
    ),
    "agreement.kind.sla": ("Service level agreement", "Service-Level-Agreement"),
    "agreement.kind.ola": ("Operational level agreement", "Operational-Level-Agreement"),
    "agreement.kind.uc": ("Underpinning contract", "Underpinning Contract"),
    "section.document": ("This document", "Dieses Dokument"),
    "section.parties": ("The parties", "Die Parteien"),
    "section.services_agreed": ("The services", "Die Services"),
    "section.validity": ("Validity and periods", "Geltung und Zeiträume"),
    "section.availability": ("Availability", "Verfügbarkeit"),
    "section.outage": ("What counts as an outage", "Was als Ausfall zählt"),
    "section.exclusions": ("What does not count", "Was nicht zählt"),
    "section.latency": ("Response times of the service", "Antwortzeiten des Service"),
    "section.measurement": ("How it is measured", "Wie gemessen wird"),
    "section.reporting": ("Reporting", "Berichte"),
    "section.changes_before": ("Changes since revision {n}", "Änderungen gegenüber Fassung {n}"),
    "section.changes_after": ("Agreed for later: revision {n}", "Für später vereinbart: Fassung {n}"),
    "section.signatures": ("Signatures", "Unterschriften"),
    # -- this document
    "term.agreement": ("Agreement", "Vereinbarung"),
    "term.revision": ("Revision", "Fassung"),
    "term.digest": ("Digest of all terms (SHA-256)", "Prüfsumme aller Bedingungen (SHA-256)"),
    "term.made": ("Made at", "Erstellt am"),
    "note.digest": (
        "This text was made from the terms by which the figures are accounted. A text with the same digest says the "
        "same.",
        "Dieser Text entsteht aus denselben Bedingungen, nach denen abgerechnet wird. Ein Text mit derselben Prüfsumme "
        "sagt dasselbe.",
    ),
    "revision.of": ("{n} of {of}", "{n} von {of}"),
    # -- parties and services
    "term.kind": ("Kind of agreement", "Art der Vereinbarung"),
    "term.provider": ("Provider", "Dienstleister"),
    "term.provider_address": ("Address of the provider", "Anschrift des Dienstleisters"),
    "term.provider_email": ("Mail of the provider", "E-Mail des Dienstleisters"),
    "term.customer": ("Customer", "Kunde"),
    "term.customer_kind": ("Kind of customer", "Art des Kunden"),
    "term.customer_address": ("Address of the customer", "Anschrift des Kunden"),
    "party.unnamed": ("(not named)", "(nicht benannt)"),
    "term.service": ("Service {service}", "Service {service}"),
    "service.plain": ("{service}", "{service}"),
    "service.team": ("{service}, looked after by {team}", "{service}, betreut von {team}"),
    "service.mail": ("{service}, looked after by {team} ({email})", "{service}, betreut von {team} ({email})"),
    # -- validity
    "term.valid_from": ("In force from", "In Kraft ab"),
    "term.valid_until": ("In force until (exclusive)", "In Kraft bis (ausschließlich)"),
    "valid.always": ("always", "von Anfang an"),
    "valid.for_ever": ("until further notice", "bis auf Weiteres"),
    "term.period": ("Accounted by", "Abgerechnet wird je"),
    "period_kind.week": ("calendar week, from Monday", "Kalenderwoche, ab Montag"),
    "period_kind.month": ("calendar month", "Kalendermonat"),
    "period_kind.quarter": ("quarter of the calendar year", "Kalenderquartal"),
    "period_kind.year": ("calendar year", "Kalenderjahr"),
    "term.zone": ("Time zone", "Zeitzone"),
    "note.zone": (
        "All days and times of this text are those of the wall clock in this time zone, periods begin and end at "
        "midnight there.",
        "Alle Tage und Zeiten dieses Textes sind die der Uhr in dieser Zeitzone; Zeiträume beginnen und enden dort um "
        "Mitternacht.",
    ),
    "note.revisions": (
        "Changed terms are a new revision with a date. A period in which two revisions are in force is accounted in "
        "two parts, each under its own terms.",
        "Geänderte Bedingungen sind eine neue Fassung mit Datum. Ein Zeitraum, in dem zwei Fassungen gelten, wird in "
        "zwei Teilen abgerechnet, jeder nach seinen Bedingungen.",
    ),
    # -- hours
    "term.hours": ("Service hours", "Servicezeit"),
    "hours.round_the_clock": ("round the clock, every day of the year", "rund um die Uhr, an jedem Tag des Jahres"),
    "term.holidays": ("Public holidays", "Feiertage"),
    "hours.none_on_holidays": (
        "No service hours on public holidays of {place} (kinds: {categories}), unless the day stands below.",
        "Keine Servicezeit an Feiertagen von {place} (Arten: {categories}), es sei denn, der Tag ist unten genannt.",
    ),
    "term.date": ("On {day}", "Am {day}"),
    "note.hours": (
        "Outside of the service hours nothing is owed and nothing counts.",
        "Außerhalb der Servicezeit ist nichts geschuldet, und nichts zählt.",
    ),
    "note.holidays": (
        "The table tells the holidays of the coming year as they are known today.",
        "Die Tabelle nennt die Feiertage des kommenden Jahres, wie sie heute bekannt sind.",
    ),
    "table.holidays": ("Public holidays of the coming year", "Feiertage des kommenden Jahres"),
    "column.weekday": ("Weekday", "Wochentag"),
    # -- availability
    "term.target": ("Target availability", "Zugesagte Verfügbarkeit"),
    "term.min_coverage": ("Least coverage", "Mindestens gemessen"),
    "term.response": ("Time to respond", "Reaktionszeit"),
    "response.within": (
        "Within {time} of service hours somebody works on an outage. This is not part of the availability.",
        "Innerhalb von {time} Servicezeit wird an einem Ausfall gearbeitet. Das ist kein Teil der Verfügbarkeit.",
    ),
    "coverage.least": (
        "at least {coverage} of the measured time; with less there is no verdict",
        "mindestens {coverage} der gewerteten Zeit; bei weniger gibt es kein Urteil",
    ),
    "note.target": (
        "The target is met when the availability of the whole period is not below it. Each service has a figure of its "
        "own; the worst of them is that of the agreement.",
        "Das Ziel ist erreicht, wenn die Verfügbarkeit des ganzen Zeitraums nicht darunter liegt. Jeder Service hat "
        "seinen eigenen Wert; der schlechteste davon gilt für die Vereinbarung.",
    ),
    "allowed.same": (
        "In time: up to {time} of downtime in a period.",
        "In Zeit ausgedrückt: bis zu {time} Ausfallzeit je Zeitraum.",
    ),
    "allowed.range": (
        "In time: up to {least} of downtime in the shortest and {most} in the longest period, by service hours and "
        "planned maintenance.",
        "In Zeit ausgedrückt: bis zu {least} Ausfallzeit im kürzesten und {most} im längsten Zeitraum, nach "
        "Servicezeit und geplanter Wartung.",
    ),
    "table.allowed": ("What that is, period by period", "Was das je Zeitraum bedeutet"),
    "column.measured": ("Service time less maintenance", "Servicezeit ohne Wartung"),
    "column.allowed": ("Downtime allowed", "Zulässige Ausfallzeit"),
    # -- outage
    "term.min_outage": ("Short outages", "Kurze Ausfälle"),
    "outage.any": ("every outage counts, however short", "jeder Ausfall zählt, so kurz er auch ist"),
    "outage.short": (
        "an outage shorter than {time} is accounted as up",
        "ein Ausfall, der kürzer ist als {time}, wird als verfügbar gewertet",
    ),
    "term.degraded": ("Degraded service", "Eingeschränkter Service"),
    "term.needs": ("{service} is up while", "{service} ist verfügbar, solange"),
    "needs.one": ("its check succeeds", "seine Prüfung gelingt"),
    "needs.all": ("all of its {of} checks succeed", "alle {of} Prüfungen gelingen"),
    "needs.some": (
        ("at least {n} of its {of} checks succeeds", "at least {n} of its {of} checks succeed"),
        ("mindestens {n} der {of} Prüfungen gelingt", "mindestens {n} der {of} Prüfungen gelingen"),
    ),
    "term.depends": ("{service} stands on", "{service} baut auf"),
    "depends.either": ("at least one of ({services})", "mindestens einer von ({services})"),
    "note.dependencies": (
        "A service that stands on others is never better than they are: down when they are down, unknown when they are "
        "unknown.",
        "Ein Service, der auf anderen aufbaut, ist nie besser als sie: ausgefallen, wenn sie ausgefallen sind, "
        "unbekannt, wenn sie unbekannt sind.",
    ),
    # -- exclusions
    "term.unknown": ("Time that nobody saw", "Nicht gemessene Zeit"),
    "term.reference": ("Faults of the measurement", "Störungen der Messung"),
    "reference.none": (
        "No reference targets are agreed: a fault of the measuring network is not told apart from an outage.",
        "Es sind keine Referenzziele vereinbart: Eine Störung des messenden Netzes wird nicht vom Ausfall "
        "unterschieden.",
    ),
    "reference.some": (
        (
            "While {n} of {of} reference targets fails, the fault is the measuring network's, and the time is unknown. "
            "Targets: {targets}; asked every {interval}, with {timeout} to answer; a failure reaches {reach} to both "
            "sides.",
            "While {n} of {of} reference targets fail, the fault is the measuring network's, and the time is unknown. "
            "Targets: {targets}; asked every {interval}, with {timeout} to answer; a failure reaches {reach} to both "
            "sides.",
        ),
        (
            "Solange {n} von {of} Referenzzielen nicht antwortet, liegt die Störung im messenden Netz, und die Zeit "
            "ist unbekannt. Ziele: {targets}; gefragt alle {interval}, mit {timeout} zum Antworten; ein Fehler reicht "
            "{reach} nach beiden Seiten.",
            "Solange {n} von {of} Referenzzielen nicht antworten, liegt die Störung im messenden Netz, und die Zeit "
            "ist unbekannt. Ziele: {targets}; gefragt alle {interval}, mit {timeout} zum Antworten; ein Fehler reicht "
            "{reach} nach beiden Seiten.",
        ),
    ),
    "term.maintenance": ("Planned maintenance", "Geplante Wartung"),
    "term.notice": ("Notice of maintenance", "Ankündigung von Wartung"),
    "notice.none": ("no notice is needed", "keine Frist nötig"),
    "notice.some": (
        "at least {notice} before it begins; announced later it does not count",
        "mindestens {notice} vor Beginn; später angekündigt zählt sie nicht",
    ),
    "term.maintenance_max": ("Limit of maintenance", "Obergrenze der Wartung"),
    "limit.none": ("no limit", "keine Obergrenze"),
    "limit.some": (
        "at most {limit} a period; what is beyond is ordinary service time",
        "höchstens {limit} je Zeitraum; was darüber liegt, ist gewöhnliche Servicezeit",
    ),
    "term.window": ("Maintenance window", "Wartungsfenster"),
    "window.for": ("{summary}: {window}", "{summary}: {window}"),
    "window.announced": (
        "{start} to {end}, announced {announced}",
        "{start} bis {end}, angekündigt {announced}",
    ),
    "window.unannounced": ("{start} to {end}, not announced yet", "{start} bis {end}, noch nicht angekündigt"),
    "window.recurring": (
        "{when} at {at}, for {duration}, from {first} on ({rule})",
        "{when} um {at} Uhr, {duration} lang, ab {first} ({rule})",
    ),
    "window.rule": (
        "by the rule {rule} at {at}, for {duration}, from {first} on",
        "nach der Regel {rule} um {at} Uhr, {duration} lang, ab {first}",
    ),
    "note.recurring": (
        "Recurring maintenance windows are announced with this agreement.",
        "Wiederkehrende Wartungsfenster sind mit dieser Vereinbarung angekündigt.",
    ),
    "recurs.daily": ("every day", "täglich"),
    "recurs.days": ("every {every} days", "alle {every} Tage"),
    "recurs.weekly": ("every week: {days}", "jede Woche: {days}"),
    "recurs.weeks": ("every {every} weeks: {days}", "alle {every} Wochen: {days}"),
    "recurs.monthly": ("every month: {day}", "jeden Monat: {day}"),
    "recurs.months": ("every {every} months: {day}", "alle {every} Monate: {day}"),
    "recurs.day": ("day {day}", "am {day}."),
    "ordinal.1": ("first {day}", "erster {day}"),
    "ordinal.2": ("second {day}", "zweiter {day}"),
    "ordinal.3": ("third {day}", "dritter {day}"),
    "ordinal.4": ("fourth {day}", "vierter {day}"),
    "ordinal.5": ("fifth {day}", "fünfter {day}"),
    "ordinal.last": ("last {day}", "letzter {day}"),
    "note.corrections": (
        "Time may be corrected afterwards where both agree: excluded, counted as up, or counted as an outage. Each "
        "correction is entered with author, cause and reason and stands in the report, with the figure without it.",
        "Zeit kann nachträglich im Einvernehmen korrigiert werden: ausgenommen, als verfügbar oder als Ausfall "
        "gewertet. Jede Korrektur wird mit Verfasser, Ursache und Begründung eingetragen und steht im Bericht, "
        "zusammen mit dem Wert ohne sie.",
    ),
    "term.approval": ("Corrections", "Korrekturen"),
    "approval.required": (
        "A correction counts once another person than its author has approved it.",
        "Eine Korrektur zählt erst, wenn eine andere Person als ihr Verfasser sie freigegeben hat.",
    ),
    # -- latency
    "term.latency": ("Objective", "Ziel"),
    "latency.none": ("No objective is agreed for response times.", "Für Antwortzeiten ist kein Ziel vereinbart."),
    "latency.target": (
        "At least {target} of the observations are at or under the threshold.",
        "Mindestens {target} der Messungen liegen unter oder an der Schwelle.",
    ),
    "term.latency_checks": ("Checks that count", "Prüfungen, die zählen"),
    "term.latency_least": ("Least number", "Mindestanzahl"),
    "latency.least": (
        ("With fewer than {n} observation nothing is said.", "With fewer than {n} observations nothing is said."),
        ("Bei weniger als {n} Messung gibt es keine Aussage.", "Bei weniger als {n} Messungen gibt es keine Aussage."),
    ),
    "note.latency": (
        "It is judged by itself and is no part of the availability. Failed observations do not count here: they are "
        "outages.",
        "Darüber wird gesondert geurteilt, es ist kein Teil der Verfügbarkeit. Fehlmessungen zählen hier nicht: Sie "
        "sind Ausfälle.",
    ),
    # -- credits
    "term.credits": ("Service credits", "Gutschriften"),
    "term.credit": ("Availability below {below}", "Verfügbarkeit unter {below}"),
    "note.credits": (
        "Parts of the price of the period. Of several tiers the one with the lowest limit holds, of several services "
        "the highest credit.",
        "Anteile am Preis des Zeitraums. Von mehreren Stufen gilt die mit der niedrigsten Grenze, von mehreren "
        "Services die höchste Gutschrift.",
    ),
    # -- measurement
    "term.check": ("Check {check}", "Prüfung {check}"),
    "term.asks": ("What {check} asks and expects", "Was {check} fragt und erwartet"),
    "check.asks": (
        "{kind} {target}, every {interval}, with {timeout} to answer",
        "{kind} {target}, alle {interval}, mit {timeout} zum Antworten",
    ),
    "check.reports": (
        "{kind} {target}: reported from outside; expected every {interval}",
        "{kind} {target}: von außen gemeldet; erwartet alle {interval}",
    ),
    "check.retry": ("after a failure asked again every {time}", "nach einem Fehler erneut gefragt alle {time}"),
    "check.confirm": (
        ("{n} failure is an outage", "{n} failures in succession are an outage"),
        ("{n} Fehler ist ein Ausfall", "{n} Fehler in Folge sind ein Ausfall"),
    ),
    "check.flapping": (
        (
            "{n} single failure close together counts too",
            "{n} single failures close together (less than 10 intervals apart) count too",
        ),
        (
            "{n} einzelner Fehler zählt ebenfalls",
            "{n} einzelne Fehler dicht beieinander (weniger als 10 Abstände) zählen ebenfalls",
        ),
    ),
    "check.never_flaps": ("single failures never count", "einzelne Fehler zählen nie"),
    "check.stale": ("an observation speaks for up to {time}", "eine Messung gilt für höchstens {time}"),
    "check.since": ("part of the service from {at} on", "Teil des Service ab {at}"),
    "check.until": ("part of the service until {at}", "Teil des Service bis {at}"),
    "term.resolution": ("Resolution: {service}", "Messauflösung: {service}"),
    "resolution.some": (
        "A shorter outage than {time} may be missed, and each boundary is known to within it.",
        "Ein Ausfall unter {time} kann unbemerkt bleiben, und jede Grenze ist auf so viel genau bekannt.",
    ),
    "resolution.none": ("No check measures it.", "Keine Prüfung misst ihn."),
    "note.where": (
        "Measured by slamon from where it runs, over the network, as its users come to it.",
        "Gemessen von slamon, von seinem Standort aus über das Netz, so wie Nutzer den Service erreichen.",
    ),
    # -- reporting
    "term.reporting": ("Report", "Bericht"),
    "reporting.week": ("every week, on the week before", "jede Woche über die Woche davor"),
    "reporting.month": ("every month, on the month before", "jeden Monat über den Monat davor"),
    "reporting.quarter": ("every quarter, on the quarter before", "jedes Quartal über das Quartal davor"),
    "reporting.year": ("every year, on the year before", "jedes Jahr über das Jahr davor"),
    "note.reporting": (
        "The report tells availability, each outage, what was excluded and why, coverage, corrections, credits, and "
        "everything that is needed to recompute the figures by hand. Figures are provisional until the period is "
        "closed.",
        "Der Bericht nennt Verfügbarkeit, jeden Ausfall, was warum ausgenommen wurde, Messabdeckung, Korrekturen, "
        "Gutschriften und alles, was zum Nachrechnen von Hand nötig ist. Werte sind vorläufig, bis der Zeitraum "
        "abgeschlossen ist.",
    ),
    # -- changes
    "change.from": ("{label}: {before} -> {after} from {day}", "{label}: {before} -> {after} ab {day}"),
    "change.plain": ("{label}: {before} -> {after}", "{label}: {before} -> {after}"),
    "change.nothing": ("nothing", "nichts"),
    "change.none": ("No difference.", "Kein Unterschied."),
    "change.revision": ("Revision {n}, from {day}:", "Fassung {n}, ab {day}:"),
    "change.revisions": (
        "{agreement}: revision {old} -> revision {new}, from {day}",
        "{agreement}: Fassung {old} -> Fassung {new}, ab {day}",
    ),
    "change.only_new": ("Revision {n} is new.", "Fassung {n} ist neu."),
    "change.only_old": ("Revision {n} is gone.", "Fassung {n} ist weggefallen."),
    "column.term": ("Term", "Bedingung"),
    "column.before": ("Before", "Bisher"),
    "column.after": ("After", "Neu"),
    # -- signatures
    "sign.place": ("Place, date", "Ort, Datum"),
    "sign.name": ("Name, signature", "Name, Unterschrift"),
    "sign.provider": ("For the provider: {name}", "Für den Dienstleister: {name}"),
    "sign.customer": ("For the customer: {name}", "Für den Kunden: {name}"),
}
