"""Every message of the service catalogue's document and of the design warnings, in English and in German."""

from slamon.reports.agreements.words import Form

OFFERED_WORDS: dict[str, tuple[Form, Form]] = {
    "offered.title": ("Service catalogue", "Servicekatalog"),
    "offered.of": ("{organisation}", "{organisation}"),
    "offered.counts": (
        "{services} services, {checks} checks, {customers} customers, {agreements} agreements",
        "{services} Services, {checks} Prüfungen, {customers} Kunden, {agreements} Vereinbarungen",
    ),
    "section.overview": ("Overview", "Überblick"),
    "section.graph": ("What stands on what", "Was auf was aufbaut"),
    "section.weak": ("Design warnings", "Schwachstellen im Entwurf"),
    "section.offered": ("The services", "Die Services"),
    "section.customers": ("The customers", "Die Kunden"),
    "section.agreements_all": ("The agreements", "Die Vereinbarungen"),
    "section.teams": ("The teams", "Die Teams"),
    "section.suppliers": ("The suppliers", "Die Lieferanten"),
    "offered.services": ("Services", "Services"),
    "offered.checks": ("Checks", "Prüfungen"),
    "offered.customers": ("Customers", "Kunden"),
    "offered.agreements": ("Agreements", "Vereinbarungen"),
    "offered.warnings": ("Design warnings", "Schwachstellen im Entwurf"),
    "picture.graph": (
        "An arrow leads from a service to one that it needs; dashed: one of several is enough. A thick frame: see the "
        "design warnings.",
        "Ein Pfeil führt von einem Service zu einem, den er braucht; gestrichelt: einer von mehreren genügt. Dicker "
        "Rahmen: siehe Schwachstellen.",
    ),
    # -- a service, a customer, an agreement
    "item.id": ("Id", "Kennung"),
    "item.team": ("Owner", "Verantwortlich"),
    "item.address": ("Address", "Anschrift"),
    "item.kind": ("Kind", "Art"),
    "item.runbook": ("Runbook", "Runbook"),
    "item.customers": ("Owed to", "Geschuldet an"),
    "item.agreements": ("Agreements", "Vereinbarungen"),
    "item.services": ("Services", "Services"),
    "item.depends": ("Stands on", "Baut auf"),
    "item.above": ("Is needed by", "Wird gebraucht von"),
    "item.hours": ("Service hours", "Servicezeit"),
    "item.calendar": ("calendar {calendar}", "Kalender {calendar}"),
    "item.revision": ("Revision in force", "Fassung in Kraft"),
    "item.weak": ("Design warnings", "Schwachstellen"),
    "column.offered.service": ("Service", "Service"),
    "column.offered.place": ("Place", "Stelle"),
    "column.offered.weak": ("What is weak", "Was schwach ist"),
    "column.offered.remedy": ("What helps", "Was hilft"),
    "column.offered.by": ("Owner", "Verantwortlich"),
    "column.offered.customers": ("Owed to", "Geschuldet an"),
    "column.offered.agreements": ("Agreements", "Vereinbarungen"),
    "column.offered.depends": ("Stands on", "Baut auf"),
    "column.offered.probe": ("Kind and address", "Art und Adresse"),
    "column.offered.mail": ("Mail", "E-Mail"),
    "column.offered.name": ("Name", "Name"),
    "column.offered.services": ("Services", "Services"),
    "depends.one_of": ("one of ({names})", "einer von ({names})"),
    # -- design warnings
    "weak.none": ("There is none.", "Es gibt keine."),
    "weak.revision": ("{agreement} (revision {n})", "{agreement} (Fassung {n})"),
    "weak.promise": (
        "{agreement} promises {target} for {service}, but what that stands on is promised {most} together: {sums}.",
        "{agreement} sagt {target} für {service} zu, aber worauf der aufbaut, ist zusammen nur mit {most} zugesagt: "
        "{sums}.",
    ),
    "sums.one": ("{names} {ratio}", "{names} {ratio}"),
    "sums.group": ("one of ({names}) {ratio}", "einer von ({names}) {ratio}"),
    "sums.piece": (
        "{factors}: product {product} over {time} a year",
        "{factors}: Produkt {product} über {time} im Jahr",
    ),
    "sums.more": (
        ("and {n} further stretch of time", "and {n} further stretches of time"),
        ("und {n} weiterer Zeitabschnitt", "und {n} weitere Zeitabschnitte"),
    ),
    "remedy.promise": (
        "Promise at most {most}, agree more below, or add a redundant service (depends_on: any). Independent failures "
        "are assumed.",
        "Höchstens {most} zusagen, darunter mehr vereinbaren oder einen redundanten Service ergänzen (depends_on: "
        "any). Unabhängige Ausfälle sind angenommen.",
    ),
    "weak.hours": (
        "{agreement} owes {service} in {time} a year in which nothing is promised for {names}.",
        "{agreement} schuldet {service} in {time} im Jahr, in denen für {names} nichts zugesagt ist.",
    ),
    "remedy.hours": (
        "Agree the same service hours for {names}, or fewer above.",
        "Für {names} dieselbe Servicezeit vereinbaren oder darüber weniger.",
    ),
    "weak.carry_target": (
        "{agreement} ({kind}) promises {target} for {service}, less than the {wanted} of {upper} that stands on it.",
        "{agreement} ({kind}) sagt {target} für {service} zu, weniger als die {wanted} von {upper}, die darauf "
        "aufbauen.",
    ),
    "remedy.carry_target": (
        "Agree at least {wanted} here, or at most {target} above.",
        "Hier mindestens {wanted} vereinbaren oder darüber höchstens {target}.",
    ),
    "weak.carry_validity": (
        "{agreement} ({kind}) is not in force in {time} of the year to come in which {upper} stands on {service}, and "
        "neither is another one.",
        "{agreement} ({kind}) gilt im kommenden Jahr {time} lang nicht, in denen {upper} auf {service} aufbaut; auch "
        "nichts anderes ist für diese Zeit vereinbart.",
    ),
    "remedy.carry_validity": (
        "Prolong it, or agree with another team or supplier.",
        "Verlängern oder mit einem anderen Team oder Lieferanten vereinbaren.",
    ),
    "weak.carry_hours": (
        "{agreement} ({kind}) promises nothing for {service} in {time} a year in which {upper} owes it.",
        "{agreement} ({kind}) sagt für {service} in {time} im Jahr nichts zu, in denen {upper} ihn schuldet.",
    ),
    "remedy.carry_hours": (
        "Agree service hours here that hold those above.",
        "Hier eine Servicezeit vereinbaren, die die darüber enthält.",
    ),
    "weak.carry_response": (
        "{agreement} ({kind}) responds for {service} within {response}, but {upper} promises {wanted}.",
        "{agreement} ({kind}) reagiert für {service} innerhalb von {response}, aber {upper} sagt {wanted} zu.",
    ),
    "response.not": ("no time that is agreed", "keiner vereinbarten Zeit"),
    "remedy.carry_response": (
        "Agree response: {wanted} or less here.",
        "Hier response: {wanted} oder weniger vereinbaren.",
    ),
    "weak.resolution": (
        (
            "{agreement} allows {budget} of downtime in its shortest period ({target}), but {check} can take {sight} "
            "to confirm one outage: interval {interval} x confirm {confirm}. {n} check is too coarse.",
            "{agreement} allows {budget} of downtime in its shortest period ({target}), but {check} can take {sight} "
            "to confirm one outage: interval {interval} x confirm {confirm}. {n} checks are too coarse.",
        ),
        (
            "{agreement} lässt im kürzesten Zeitraum {budget} Ausfallzeit zu ({target}), aber {check} kann {sight} "
            "brauchen, um einen Ausfall zu bestätigen: Abstand {interval} x Bestätigung {confirm}. {n} Prüfung ist zu "
            "grob.",
            "{agreement} lässt im kürzesten Zeitraum {budget} Ausfallzeit zu ({target}), aber {check} kann {sight} "
            "brauchen, um einen Ausfall zu bestätigen: Abstand {interval} x Bestätigung {confirm}. {n} Prüfungen sind "
            "zu grob.",
        ),
    ),
    "remedy.resolution": (
        "Probe every {interval} or more often, or promise less.",
        "Alle {interval} oder öfter messen, oder weniger zusagen.",
    ),
    "remedy.target": (
        "Promise less: no check can see so short an outage.",
        "Weniger zusagen: Keine Prüfung sieht einen so kurzen Ausfall.",
    ),
    "weak.no_agreement": (
        "{service} stands in no agreement: nobody is promised anything.",
        "{service} steht in keiner Vereinbarung: Niemandem ist etwas zugesagt.",
    ),
    "remedy.no_agreement": (
        "Bind it in an agreement: kind sla with a customer, ola with a team, uc with a supplier.",
        "In eine Vereinbarung aufnehmen: kind sla mit einem Kunden, ola mit einem Team, uc mit einem Lieferanten.",
    ),
    "weak.no_check": (
        "{service} has no check of its own: only what it stands on is seen.",
        "{service} hat keine eigene Prüfung: Nur das, worauf er aufbaut, wird gesehen.",
    ),
    "remedy.no_check": (
        "Add a check of the whole, as its users come to it.",
        "Eine Prüfung des Ganzen ergänzen, so wie Nutzer ihn erreichen.",
    ),
    "weak.no_owner": ("{service} has no owner.", "{service} hat keinen Verantwortlichen."),
    "remedy.no_owner": ("Name its team.", "Sein Team nennen (team)."),
    "weak.no_runbook": (
        "{service} has no runbook: who is called at night has to guess.",
        "{service} hat kein Runbook: Wer nachts gerufen wird, muss raten.",
    ),
    "remedy.no_runbook": ("Give its page as runbook.", "Seine Seite angeben (runbook)."),
    "weak.no_organisation": (
        "There are agreements with customers, and nobody who signs them.",
        "Es gibt Vereinbarungen mit Kunden und niemanden, der sie unterschreibt.",
    ),
    "remedy.no_organisation": ("Say who we are: organisation.", "Sagen, wer wir sind: organisation."),
    "weak.count": (
        ("{n} design warning.", "{n} design warnings."),
        ("{n} Schwachstelle im Entwurf.", "{n} Schwachstellen im Entwurf."),
    ),
}
