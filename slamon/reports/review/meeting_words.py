"""The messages of agenda and minutes, in English and in German."""

from slamon.reports.agreements.words import Form

MEETING_WORDS: dict[str, tuple[Form, Form]] = {
    # -- agenda
    "agenda.decide": ("decide", "entscheiden"),
    "agenda.inform": ("take note", "zur Kenntnis"),
    "agenda.decisions_due": (
        (
            "{n} item needs a decision and comes first. {total} minutes in all.",
            "{n} items need a decision and come first. {total} minutes in all.",
        ),
        (
            "{n} Punkt braucht eine Entscheidung und steht vorn. Zusammen {total} Minuten.",
            "{n} Punkte brauchen eine Entscheidung und stehen vorn. Zusammen {total} Minuten.",
        ),
    ),
    "agenda.nothing_due": (
        "Nothing needs a decision. {total} minutes in all.",
        "Nichts muss entschieden werden. Zusammen {total} Minuten.",
    ),
    "agenda.missed": ("Missed agreements: what follows from it", "Verfehlte Vereinbarungen: was daraus folgt"),
    "agenda.missed_why": (
        ("{n} agreement was missed: {names}", "{n} agreements were missed: {names}"),
        ("{n} Vereinbarung wurde verfehlt: {names}", "{n} Vereinbarungen wurden verfehlt: {names}"),
    ),
    "agenda.unseen": ("Agreements without a verdict", "Vereinbarungen ohne Urteil"),
    "agenda.unseen_why": (
        ("too little was seen of {n} agreement: {names}", "too little was seen of {n} agreements: {names}"),
        ("{n} Vereinbarung zu wenig gemessen: {names}", "{n} Vereinbarungen zu wenig gemessen: {names}"),
    ),
    "agenda.complaints": ("Complaints that are not solved", "Nicht gelöste Beschwerden"),
    "agenda.complaints_why": (
        (
            "{n} complaint waits; {unseen} of the period not seen by ourselves",
            "{n} complaints wait; {unseen} of the period not seen by ourselves",
        ),
        (
            "{n} Beschwerde ist offen; {unseen} des Zeitraums von uns nicht gesehen",
            "{n} Beschwerden sind offen; {unseen} des Zeitraums von uns nicht gesehen",
        ),
    ),
    "agenda.overdue": (
        "Overdue actions: new day or other owner",
        "Überfällige Maßnahmen: neue Frist oder Zuständigkeit",
    ),
    "agenda.overdue_why": (
        ("{n} action is overdue: no. {numbers}", "{n} actions are overdue: no. {numbers}"),
        ("{n} Maßnahme ist überfällig: Nr. {numbers}", "{n} Maßnahmen sind überfällig: Nr. {numbers}"),
    ),
    "agenda.closed": ("Closed periods: approve or restate", "Abgeschlossene Zeiträume: freigeben oder berichtigen"),
    "agenda.closed_why": (
        ("{n} closed period is not approved, or differs", "{n} closed periods are not approved, or differ"),
        ("{n} Abschluss ist nicht freigegeben oder weicht ab", "{n} Abschlüsse sind nicht freigegeben oder weichen ab"),
    ),
    "agenda.renewals": ("Agreements that end or change", "Vereinbarungen, die enden oder sich ändern"),
    "agenda.renewals_why": (
        ("{n} date is near: {names}", "{n} dates are near: {names}"),
        ("{n} Termin steht an: {names}", "{n} Termine stehen an: {names}"),
    ),
    "agenda.proposals": ("Targets: keep or change", "Ziele: beibehalten oder ändern"),
    "agenda.proposals_why": (
        ("for {n} service history speaks for another target", "for {n} services history speaks for another target"),
        (
            "bei {n} Service spricht die Vergangenheit für ein anderes Ziel",
            "bei {n} Services spricht die Vergangenheit für ein anderes Ziel",
        ),
    ),
    "agenda.decisions": ("Decisions of the last review", "Beschlüsse des letzten Reviews"),
    "agenda.decisions_why": ("review no. {number}", "Review Nr. {number}"),
    "agenda.figures": ("Figures and trend", "Kennzahlen und Trend"),
    "agenda.figures_why": (
        ("{n} agreement", "{n} agreements"),
        ("{n} Vereinbarung", "{n} Vereinbarungen"),
    ),
    "agenda.outages": ("Outages, their causes and actions", "Ausfälle, ihre Ursachen und Maßnahmen"),
    "agenda.outages_why": (
        ("{n} outage was counted", "{n} outages were counted"),
        ("{n} Ausfall wurde gewertet", "{n} Ausfälle wurden gewertet"),
    ),
    "agenda.satisfaction": ("Satisfaction", "Zufriedenheit"),
    "agenda.actions": ("Open actions", "Offene Maßnahmen"),
    "agenda.actions_why": (
        ("{n} action is open", "{n} actions are open"),
        ("{n} Maßnahme ist offen", "{n} Maßnahmen sind offen"),
    ),
    "agenda.changes": ("Maintenance and changes to come", "Kommende Wartung und Änderungen"),
    "agenda.changes_why": ("the next {ahead} days", "die nächsten {ahead} Tage"),
    "agenda.close": ("Round, next meeting", "Verschiedenes, nächster Termin"),
    "agenda.close_why": ("minutes and actions summed up", "Protokoll und Maßnahmen zusammenfassen"),
    # -- minutes
    "minutes.box": ("☐", "☐"),
    "minutes.held": ("Held on", "Datum"),
    "minutes.reference": ("Reference", "Aktenzeichen"),
    "minutes.participants": ("Taking part", "Teilnehmende"),
    "minutes.minutes": ("Minutes", "Verlauf"),
    "minutes.decisions": ("Decisions", "Beschlüsse"),
    "minutes.signature": ("Date, names", "Datum, Namen"),
    "form.head": (
        "Minutes of the service review {period}, {customer}",
        "Protokoll des Service-Reviews {period}, {customer}",
    ),
    "form.back": (
        "Fill it in, then: slamon register review add --from {file} --author NAME",
        "Ausfüllen, dann: slamon register review add --from {file} --author NAME",
    ),
    "form.held": ("The day of the meeting:", "Der Tag des Gesprächs:"),
    "form.participants": (
        'Who took part, as ["A. Example", "B. Example"]:',
        'Wer dabei war, etwa ["A. Beispiel", "B. Beispiel"]:',
    ),
    "form.minutes": (
        "What was said, on lines of its own that begin with two blanks:",
        "Was gesagt wurde, in eigenen Zeilen, die mit zwei Leerzeichen beginnen:",
    ),
    "form.decisions": (
        'What was decided, as ["We keep 99.9 %"]:',
        'Was beschlossen wurde, etwa ["Es bleibt bei 99,9 %"]:',
    ),
    "form.actions": (
        "What somebody promised; team, service and expected may be left out:",
        "Was jemand zugesagt hat; team, service und expected dürfen fehlen:",
    ),
    "form.done": (
        "Numbers of the actions that are done, of these:",
        "Nummern der erledigten Maßnahmen, von diesen:",
    ),
    "form.done_none": (
        "Numbers of the actions that are done; none is open.",
        "Nummern der erledigten Maßnahmen; es ist keine offen.",
    ),
    "form.open": ("{number}: {title} ({owner}, due {due})", "{number}: {title} ({owner}, fällig {due})"),
    "form.reference": (
        "Its number in another system, if it has one; what has the same is not entered again:",
        "Die Nummer in einem anderen System, falls es eine gibt; dieselbe wird kein zweites Mal eingetragen:",
    ),
}
