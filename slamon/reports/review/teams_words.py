"""The messages of the team lead's view, in English and in German."""

from slamon.reports.agreements.words import Form

TEAMS_WORDS: dict[str, tuple[Form, Form]] = {
    "title.teams": ("Teams and services {period}", "Teams und Services {period}"),
    "subtitle.teams": ("All teams", "Alle Teams"),
    "subtitle.team": ("{team}", "{team}"),
    "team.none": ("nobody", "niemand"),
    "section.responsibilities": ("Who answers for what", "Wer wofür zuständig ist"),
    "section.worst": ("The worst services, by budget spent", "Die schlechtesten Services, nach verbrauchtem Budget"),
    "section.quality": ("How well we see", "Wie gut wir sehen"),
    "section.gaps": ("What services lack", "Was Services fehlt"),
    "facts.unowned": ("Services without an owner", "Services ohne Zuständige"),
    "facts.unseen_of": (
        "{total}, of which {count} not seen by ourselves",
        "{total}, davon {count} von uns nicht gesehen",
    ),
    "facts.least_coverage": ("Least coverage", "Geringste Messabdeckung"),
    "responsibilities.none": ("There is no service.", "Es gibt keinen Service."),
    "responsibilities.idle": (
        ("{n} team has no service: {teams}.", "{n} teams have no service: {teams}."),
        ("{n} Team hat keinen Service: {teams}.", "{n} Teams haben keinen Service: {teams}."),
    ),
    "column.contact": ("Contact", "Kontakt"),
    "column.agreements": ("Agreements", "Vereinbarungen"),
    "column.runbook": ("Runbook", "Runbook"),
    "column.open": ("Open", "Offen"),
    "column.overdue": ("Overdue", "Überfällig"),
    "column.oldest": ("Oldest, days", "Älteste, Tage"),
    "column.age": ("Age, days", "Alter, Tage"),
    "column.complaints": ("Complaints", "Beschwerden"),
    "column.unseen": ("Not seen by ourselves", "Von uns nicht gesehen"),
    "column.lacks": ("Lacks", "Fehlt"),
    "unknown.local_fault": ("our network", "unser Netz"),
    "unknown.stopped": ("stopped", "angehalten"),
    "unknown.clock_step": ("clock step", "Uhr verstellt"),
    "unknown.suspended": ("suspended", "im Ruhezustand"),
    "unknown.overloaded": ("overloaded", "überlastet"),
    "unknown.gap": ("no observation", "keine Messung"),
    "table.by_team": ("By team", "Je Team"),
    "table.each_action": ("Each open action", "Jede offene Maßnahme"),
    "table.coverage": (
        "Coverage, and unknown time by why nobody looked",
        "Messabdeckung, und unbekannte Zeit nach ihrem Grund",
    ),
    "table.unseen": ("Complaints of the period", "Beschwerden des Zeitraums"),
    "worst.none": ("No downtime was counted.", "Es wurde keine Ausfallzeit gewertet."),
    "worst.unseen": (
        "Nothing was seen in the period, so that no downtime is known.",
        "Im Zeitraum wurde nichts gemessen, daher ist keine Ausfallzeit bekannt.",
    ),
    "worst.unjudged": (
        "A dash as verdict means: the agreement is settled by other periods.",
        "Ein Strich als Urteil bedeutet: Die Vereinbarung wird nach anderen Zeiträumen abgerechnet.",
    ),
    "worst.without": (
        (
            "{n} agreement has no figure in the period: {names}.",
            "{n} agreements have no figure in the period: {names}.",
        ),
        (
            "{n} Vereinbarung hat im Zeitraum keinen Wert: {names}.",
            "{n} Vereinbarungen haben im Zeitraum keinen Wert: {names}.",
        ),
    ),
    "quality.none": (
        "No agreement has a figure in the period.",
        "Keine Vereinbarung hat im Zeitraum einen Wert.",
    ),
    "quality.no_complaints": (
        "No complaint was entered for the period.",
        "Für den Zeitraum ist keine Beschwerde eingetragen.",
    ),
    "lateness.unknown": (
        "How late probes began is not known: slamon does not run here. Time in which it was overloaded stands above.",
        "Wie spät Messungen begannen, ist nicht bekannt: slamon läuft hier nicht. Zeiten der Überlastung stehen oben.",
    ),
    "lateness.known": (
        (
            "Of {n} probe since slamon was started {tenth} began within 0.1 s of the planned moment, {second} within "
            "1 s.",
            "Of {n} probes since slamon was started {tenth} began within 0.1 s of the planned moment, {second} within "
            "1 s.",
        ),
        (
            "Von {n} Messung seit dem Start von slamon begannen {tenth} höchstens 0,1 s nach dem geplanten Zeitpunkt, "
            "{second} höchstens 1 s danach.",
            "Von {n} Messungen seit dem Start von slamon begannen {tenth} höchstens 0,1 s nach dem geplanten "
            "Zeitpunkt, {second} höchstens 1 s danach.",
        ),
    ),
    "gaps.none": (
        "Every service has an owner, a check, an agreement and a runbook.",
        "Jeder Service hat Zuständige, eine Prüfung, eine Vereinbarung und ein Runbook.",
    ),
    "gaps.unowned": (
        ("{n} service has no owner.", "{n} services have no owner."),
        ("{n} Service hat keine Zuständigen.", "{n} Services haben keine Zuständigen."),
    ),
    "gaps.all_owned": ("Every service has an owner.", "Jeder Service hat Zuständige."),
    "lacks.team": ("an owner", "Zuständige"),
    "lacks.check": ("a check", "eine Prüfung"),
    "lacks.agreement": ("an agreement", "eine Vereinbarung"),
    "lacks.runbook": ("a runbook", "ein Runbook"),
}
