"""The messages of a review, in English and in German, beside those of every report."""

from slamon.desk.telling import FINDINGS
from slamon.reports.agreements.words import Form

REVIEW_WORDS: dict[str, tuple[Form, Form]] = {
    # -- titles and sections
    "title.review": ("Service review {period}", "Service-Review {period}"),
    "title.agenda": ("Agenda: service review {period}", "Tagesordnung: Service-Review {period}"),
    "title.minutes": ("Minutes: service review {period}", "Protokoll: Service-Review {period}"),
    "subtitle.review": ("{customer}", "{customer}"),
    "section.agreements": ("The agreements", "Die Vereinbarungen"),
    "section.months": ("Month by month", "Monat für Monat"),
    "section.complaints": ("Complaints", "Beschwerden"),
    "section.satisfaction": ("Satisfaction", "Zufriedenheit"),
    "section.actions": ("Actions", "Maßnahmen"),
    "section.decisions": ("Decisions of the last review", "Beschlüsse des letzten Reviews"),
    "section.changes": ("Maintenance and changes", "Wartung und Änderungen"),
    "section.closed": ("Closed periods", "Abgeschlossene Zeiträume"),
    "section.renewals": ("Agreements due for renewal", "Vereinbarungen, die enden oder sich ändern"),
    "section.proposals": ("Proposed targets", "Zielvorschläge"),
    "section.agenda": ("Order of the meeting", "Ablauf"),
    "section.minutes": ("The meeting", "Das Gespräch"),
    "section.new_actions": ("New actions", "Neue Maßnahmen"),
    "section.done_actions": ("Open actions: done?", "Offene Maßnahmen: erledigt?"),
    "section.signed": ("Agreed", "Einverstanden"),
    # -- cover
    "review.one_met": ("The agreement was met in {period}.", "{period}: Die Vereinbarung wurde eingehalten."),
    "review.all_met": (
        "All agreements were met in {period} ({n}).",
        "{period}: Alle Vereinbarungen wurden eingehalten ({n}).",
    ),
    "review.some_met": (
        (
            "In {period}, {n} of {total} agreements was met, none was missed; the others have no verdict yet.",
            "In {period}, {n} of {total} agreements were met, none was missed; the others have no verdict yet.",
        ),
        (
            "{period}: {n} von {total} Vereinbarungen wurde eingehalten, keine verfehlt; für die übrigen gibt es noch "
            "kein Urteil.",
            "{period}: {n} von {total} Vereinbarungen wurden eingehalten, keine verfehlt; für die übrigen gibt es noch "
            "kein Urteil.",
        ),
    ),
    "review.missed": (
        (
            "In {period}, {n} of {total} agreements was missed: {names}.",
            "In {period}, {n} of {total} agreements were missed: {names}.",
        ),
        (
            "{period}: {n} von {total} Vereinbarungen wurde verfehlt: {names}.",
            "{period}: {n} von {total} Vereinbarungen wurden verfehlt: {names}.",
        ),
    ),
    "review.of": ("{agreement}: {told}", "{agreement}: {told}"),
    "review.missing": ("{agreement}: there is no figure. {why}", "{agreement}: Es gibt keinen Wert. {why}"),
    "missing.future": ("The period begins on {begin} only.", "Der Zeitraum beginnt erst am {begin}."),
    "missing.force": ("It was not in force in the period.", "Sie war im Zeitraum nicht in Kraft."),
    "missing.never": ("Nothing was observed yet of its services.", "Ihre Services wurden noch nie gemessen."),
    "missing.before": (
        "The period was over before the first observation on {first}.",
        "Der Zeitraum endete vor der ersten Messung am {first}.",
    ),
    "facts.met": ("Agreements met", "Vereinbarungen eingehalten"),
    "facts.of": ("{count} of {total}", "{count} von {total}"),
    "facts.services": ("Services", "Services"),
    "facts.longest": ("Longest outage, counted time", "Längster Ausfall, gewertete Zeit"),
    "facts.complaints": ("Complaints", "Beschwerden"),
    "facts.complaints_of": (
        "{total}, of which {count} not solved, {unseen} not seen by ourselves",
        "{total}, davon {count} nicht gelöst, {unseen} von uns nicht gesehen",
    ),
    "facts.satisfaction": ("Satisfaction", "Zufriedenheit"),
    "facts.csat": ("{value} satisfied ({count} asked)", "{value} zufrieden ({count} Befragte)"),
    "facts.nps": ("NPS {value} ({count} asked)", "NPS {value} ({count} Befragte)"),
    "facts.nobody_asked": ("nobody was asked", "niemand wurde befragt"),
    "facts.actions": ("Open actions", "Offene Maßnahmen"),
    "facts.actions_of": ("{total}, of which {count} overdue", "{total}, davon {count} überfällig"),
    "facts.credits": ("Service credits due", "Fällige Gutschriften"),
    "facts.credit": ("{agreement} {period}: {credit}", "{agreement} {period}: {credit}"),
    "facts.none_due": ("none", "keine"),
    "picture.of": ("{agreement}: {service}", "{agreement}: {service}"),
    "state.known": ("The figures are as known at {at}.", "Die Werte haben den Stand {at}."),
    # -- months
    "months.none": (
        "The period holds no whole calendar month; its figures stand above.",
        "Der Zeitraum enthält keinen ganzen Kalendermonat; seine Werte stehen oben.",
    ),
    "months.unjudged": (
        "A dash as verdict means: the agreement is not settled by months.",
        "Ein Strich als Urteil bedeutet: Die Vereinbarung wird nicht nach Monaten abgerechnet.",
    ),
    # -- headings
    "column.agreement": ("Agreement", "Vereinbarung"),
    "column.met": ("Met", "Eingehalten"),
    "column.trend": ("Last 12", "Letzte 12"),
    "column.actions": ("Actions", "Maßnahmen"),
    "column.felt_from": ("Felt from", "Bemerkt von"),
    "column.felt_to": ("To", "Bis"),
    "column.complaint": ("Complaint", "Beschwerde"),
    "column.finding": ("Beside the measurement", "Neben der Messung"),
    "column.evidence": ("Evidence, and what would have seen it", "Belege, und was es gesehen hätte"),
    "column.csat": ("CSAT", "CSAT"),
    "column.csat_interval": ("Interval", "Spanne"),
    "column.csat_count": ("Asked", "Befragte"),
    "column.nps": ("NPS", "NPS"),
    "column.nps_interval": ("Interval", "Spanne"),
    "column.nps_count": ("Asked", "Befragte"),
    "column.figure_before": ("Before", "Vorher"),
    "column.figure_after": ("After", "Nachher"),
    "column.outcome": ("Outcome", "Ergebnis"),
    "column.state": ("State", "Stand"),
    "column.action": ("Action", "Maßnahme"),
    "column.owner": ("Owner", "Verantwortlich"),
    "column.team": ("Team", "Team"),
    "column.entered_day": ("Since", "Seit"),
    "column.due": ("Due", "Fällig"),
    "column.ended": ("Ended", "Beendet"),
    "column.decision": ("Decision", "Beschluss"),
    "column.at": ("At", "Zeitpunkt"),
    "column.change": ("Change", "Änderung"),
    "column.frozen": ("Frozen by", "Festgehalten durch"),
    "column.days": ("Days", "Tage"),
    "column.terms": ("Terms", "Bedingungen"),
    "column.proposed": ("Proposed", "Vorschlag"),
    "column.kept": ("Kept", "Eingehalten"),
    "column.bound": ("Chance ≥", "Chance ≥"),
    "column.assessment": ("Assessment", "Einschätzung"),
    "column.from_minute": ("From minute", "Ab Minute"),
    "column.minutes": ("Minutes", "Minuten"),
    "column.item": ("Item", "Punkt"),
    "column.why": ("Why", "Anlass"),
    "column.wanted": ("Wanted", "Ziel"),
    "column.expected": ("What it shall better", "Erwartete Wirkung"),
    "column.done": ("Done", "Erledigt"),
    # -- outages
    "outage.began": ("began in {service}", "ging aus von {service}"),
    "outage.no_action": ("none", "keine"),
    # -- complaints
    "complaints.none": (
        "No complaint was entered for the period, and none is waiting.",
        "Für den Zeitraum ist keine Beschwerde eingetragen, und keine ist offen.",
    ),
    "complaints.some": (
        (
            "{n} complaint of the period, or from before and not solved.",
            "{n} complaints of the period, or from before and not solved.",
        ),
        (
            "{n} Beschwerde aus dem Zeitraum oder von früher und nicht gelöst.",
            "{n} Beschwerden aus dem Zeitraum oder von früher und nicht gelöst.",
        ),
    ),
    "complaint.open_end": ("not said", "nicht genannt"),
    "complaint.open": ("open", "offen"),
    "complaint.answered": ("answered", "beantwortet"),
    "complaint.solved": ("solved", "gelöst"),
    "complaints.unseen": (
        (
            "{n} of them we had not seen ourselves: a gap of the monitoring.",
            "{n} of them we had not seen ourselves: gaps of the monitoring.",
        ),
        (
            "{n} davon haben wir nicht selbst gesehen: eine Lücke der Überwachung.",
            "{n} davon haben wir nicht selbst gesehen: Lücken der Überwachung.",
        ),
    ),
    "complaints.all_seen": (
        "There is none that we had not seen ourselves.",
        "Keine ist darunter, die wir nicht selbst gesehen hätten.",
    ),
    "complaints.unsettled": (
        "* may still change: something observed of late is not settled yet.",
        "* kann sich noch ändern: Jüngste Messungen sind noch nicht bestätigt.",
    ),
    "finding.unsettled": ("{finding} *", "{finding} *"),
    "evidence.more": (("and {n} more", "and {n} more"), ("und {n} weiteres", "und {n} weitere")),
    # -- satisfaction
    "satisfaction.none": (
        "Nobody was asked in the period.",
        "Im Zeitraum wurde niemand befragt.",
    ),
    "satisfaction.no_trend": (
        "Nobody was asked in the periods before: there is no trend yet.",
        "In den Zeiträumen davor wurde niemand befragt: Es gibt noch keinen Trend.",
    ),
    "satisfaction.general": ("of no service in particular", "zu keinem bestimmten Service"),
    "satisfaction.all": ("all together", "alle zusammen"),
    "satisfaction.interval": ("{low} to {high}", "{low} bis {high}"),
    "satisfaction.few": (
        "fewer than 30 asked: the interval says more than the value",
        "unter 30 Befragte: Die Spanne sagt mehr als der Wert",
    ),
    "satisfaction.how": (
        "CSAT: the share of those who gave 4 or 5 of 5. NPS: the share that gave 9 or 10 less the share that gave 0 to "
        "6, in points from -100 to +100. With 95 % confidence the truth lies in the interval.",
        "CSAT: der Anteil derer, die 4 oder 5 von 5 gaben. NPS: der Anteil mit 9 oder 10 abzüglich des Anteils mit 0 "
        "bis 6, in Punkten von -100 bis +100. Mit 95 % Konfidenz liegt der wahre Wert in der Spanne.",
    ),
    "table.satisfaction_trend": ("Period by period, all together", "Zeitraum für Zeitraum, alle zusammen"),
    # -- actions
    "action.named": ("{number}: {title} ({state})", "{number}: {title} ({state})"),
    "action.open": ("open", "offen"),
    "action.done": ("done", "erledigt"),
    "action.dropped": ("dropped", "verworfen"),
    "action.overdue": (
        ("overdue for {n} day", "overdue for {n} days"),
        ("seit {n} Tag überfällig", "seit {n} Tagen überfällig"),
    ),
    "actions.none": ("No action is open.", "Es ist keine Maßnahme offen."),
    "actions.open": (
        ("{n} action is open; {overdue}.", "{n} actions are open; {overdue}."),
        ("{n} Maßnahme ist offen; {overdue}.", "{n} Maßnahmen sind offen; {overdue}."),
    ),
    "actions.overdue": (("{n} is overdue", "{n} are overdue"), ("{n} ist überfällig", "{n} sind überfällig")),
    "actions.none_overdue": ("none is overdue", "keine ist überfällig"),
    "actions.none_ended": (
        "No action was done or dropped since the period began.",
        "Seit Beginn des Zeitraums wurde keine Maßnahme erledigt oder verworfen.",
    ),
    "expected.availability": ("{agreement}: availability ≥ {value}", "{agreement}: Verfügbarkeit ≥ {value}"),
    "expected.latency": ("{agreement}: fast enough ≥ {value}", "{agreement}: schnell genug ≥ {value}"),
    "expected.downtime": ("{agreement}: downtime ≤ {value} a month", "{agreement}: Ausfallzeit ≤ {value} im Monat"),
    "expected.outages": ("{agreement}: outages ≤ {value} a month", "{agreement}: Ausfälle ≤ {value} im Monat"),
    "expected.complaints": ("{agreement}: complaints ≤ {value} a month", "{agreement}: Beschwerden ≤ {value} im Monat"),
    "outcome.not_done": ("not done", "nicht erledigt"),
    "outcome.too_early": ("too early, can be told from {day}", "zu früh, messbar ab {day}"),
    "outcome.no_figure": ("cannot be told: no figure", "nicht messbar: kein Wert"),
    "outcome.reached": ("reached", "erreicht"),
    "outcome.better": ("better, not reached", "besser, nicht erreicht"),
    "outcome.not_better": ("not better", "nicht besser"),
    "table.open": ("Open actions, the first due first", "Offene Maßnahmen, die früheste Frist zuerst"),
    "table.ended": ("Done or dropped since the period began", "Seit Beginn des Zeitraums erledigt oder verworfen"),
    # -- decisions
    "decisions.no_review": ("No earlier review was entered.", "Es ist kein früheres Review eingetragen."),
    "decisions.held": (
        "Review no. {number} on {period}, held on {day}. Taking part: {people}.",
        "Review Nr. {number} ({period}) am {day}. Teilnehmende: {people}.",
    ),
    "decisions.none": ("Nothing was decided there.", "Dort wurde nichts beschlossen."),
    "decisions.all_ended": (
        "Actions agreed there, of which none is open: {actions}.",
        "Dort vereinbarte Maßnahmen, von denen keine mehr offen ist: {actions}.",
    ),
    "decisions.actions": (
        (
            "Actions agreed there, of which {n} is still open: {actions}.",
            "Actions agreed there, of which {n} are still open: {actions}.",
        ),
        (
            "Dort vereinbarte Maßnahmen, davon {n} noch offen: {actions}.",
            "Dort vereinbarte Maßnahmen, davon {n} noch offen: {actions}.",
        ),
    ),
    # -- changes
    "table.held": ("Maintenance held", "Wartung im Zeitraum"),
    "table.measured": ("Checks that came or went", "Hinzugekommene und entfallene Prüfungen"),
    "coming.none": (
        "No maintenance is planned for the next {ahead} days.",
        "Für die nächsten {ahead} Tage ist keine Wartung geplant.",
    ),
    "coming.some": (
        ("{n} window is planned for the next {ahead} days.", "{n} windows are planned for the next {ahead} days."),
        (
            "{n} Wartungsfenster ist für die nächsten {ahead} Tage geplant.",
            "{n} Wartungsfenster sind für die nächsten {ahead} Tage geplant.",
        ),
    ),
    "measured.same": (
        "What is measured did not change: no check came or went.",
        "An der Messung hat sich nichts geändert: Keine Prüfung kam hinzu oder entfiel.",
    ),
    "check.joined": ("joined", "hinzugekommen"),
    "check.left": ("left", "entfallen"),
    # -- closed periods
    "closed.none": (
        "No period is closed: the figures are provisional.",
        "Kein Zeitraum ist abgeschlossen: Die Werte sind vorläufig.",
    ),
    "closed.closing": ("closing", "Abschluss"),
    "closed.restatement": ("restatement {number}", "Berichtigung {number}"),
    "closed.closed": ("closed", "abgeschlossen"),
    "closed.approved": ("approved", "freigegeben"),
    "closed.disputed": ("disputed", "strittig"),
    "closed.said": ("Disputed: {agreement}, {period}: {text}", "Strittig: {agreement}, {period}: {text}"),
    "closed.differs": (
        "{agreement}, {period}: what is known now is not what was frozen. A restatement would show the difference.",
        "{agreement}, {period}: Der heutige Stand weicht vom Abschluss ab. Eine Berichtigung würde den Unterschied "
        "zeigen.",
    ),
    # -- renewals
    "renewals.none": (
        "No agreement has an end or a coming revision.",
        "Keine Vereinbarung hat ein Ende oder eine kommende Fassung.",
    ),
    "renewals.soon": (
        ("{n} is due within {ahead} days, or over already.", "{n} are due within {ahead} days, or over already."),
        (
            "{n} steht binnen {ahead} Tagen an oder ist bereits abgelaufen.",
            "{n} stehen binnen {ahead} Tagen an oder sind bereits abgelaufen.",
        ),
    ),
    "renewals.later": ("None within {ahead} days.", "Keine binnen {ahead} Tagen."),
    "renewal.ends": ("ends", "endet"),
    "renewal.ended": ("has ended", "ist abgelaufen"),
    "renewal.changes": ("new revision", "neue Fassung"),
    "renewal.target": ("target {target}", "Ziel {target}"),
    "renewal.target_changes": ("target {before} → {after}", "Ziel {before} → {after}"),
    "renewal.hours": ("service hours {before} → {after}", "Servicezeiten {before} → {after}"),
    "renewal.period": ("other period", "anderer Abrechnungszeitraum"),
    "renewal.timezone": ("other time zone", "andere Zeitzone"),
    "renewal.response": ("other response time", "andere Reaktionszeit"),
    "renewal.rules": ("other rules", "andere Regeln"),
    "renewal.latency": ("other latency objective", "anderes Antwortzeitziel"),
    "renewal.credits": ("other credits", "andere Gutschriften"),
    "renewal.maintenance": ("other maintenance", "andere Wartung"),
    # -- proposals
    "proposals.none": (
        "There is nothing to look back on.",
        "Es gibt nichts, worauf zurückgeblickt werden könnte.",
    ),
    "proposals.how": (
        "The strictest target, of the usual ones and the agreed one, that was kept in every counted one of the last "
        "twelve periods. A coming period keeps it with at least the chance that is told ({confidence} confidence), if "
        "periods are alike and independent.",
        "Das strengste Ziel, von den üblichen und dem vereinbarten, das in jedem gezählten der letzten zwölf Zeiträume "
        "eingehalten wurde. Ein kommender Zeitraum hält es mindestens mit der genannten Chance ein ({confidence} "
        "Konfidenz), wenn sich die Zeiträume gleichen und voneinander unabhängig sind.",
    ),
    "proposal.stricter": ("a stricter target would have been kept", "ein strengeres Ziel wäre eingehalten worden"),
    "proposal.same": ("the agreed target fits", "das vereinbarte Ziel passt"),
    "proposal.looser": ("the agreed target was not always kept", "das vereinbarte Ziel wurde nicht immer eingehalten"),
    "proposal.few": (
        ("only {n} period counted: that proves next to nothing", "only {n} periods counted: that proves little"),
        ("nur {n} Zeitraum gezählt: das belegt so gut wie nichts", "nur {n} Zeiträume gezählt: das belegt wenig"),
    ),
    "proposal.none": ("no usual target was kept in all of them", "kein übliches Ziel wurde in allen eingehalten"),
    "proposal.unseen": ("no period counted: nothing to propose", "kein Zeitraum gezählt: kein Vorschlag"),
    "proposal.left_out": (
        "Not counted for {agreement}, {service}: {periods}.",
        "Nicht gezählt für {agreement}, {service}: {periods}.",
    ),
    "left_out.not_over": (
        "{period} (not over, coverage {coverage})",
        "{period} (läuft noch, Messabdeckung {coverage})",
    ),
    "left_out.not_in_service": (
        "{period} (no service time, coverage {coverage})",
        "{period} (keine Servicezeit, Messabdeckung {coverage})",
    ),
    "left_out.no_data": ("{period} (no figure, coverage {coverage})", "{period} (kein Wert, Messabdeckung {coverage})"),
    "left_out.insufficient_data": (
        "{period} (too little was seen, coverage {coverage})",
        "{period} (zu wenig gemessen, Messabdeckung {coverage})",
    ),
}
REVIEW_WORDS |= {
    f"finding.{finding.value}": (word, FINDINGS["de"][finding]) for finding, word in FINDINGS["en"].items()
}
