"""The messages of the appendix, in English and in German: rules, stretches and sums to recompute a figure with."""

from slamon.reports.agreements.words import Form

APPENDIX_WORDS: dict[str, tuple[Form, Form]] = {
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
}
