"""A reconciliation as everybody is given it: keys and values for programs, German and English sentences for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from slamon.accounting import Cause, ratio_text
from slamon.catalogue.quantities import written_duration
from slamon.desk.reconciling import Finding, Quality, Reconciled
from slamon.desk.remedies import Proposal, Remedy, Topic
from slamon.desk.sighting import Seen, Sight

LANGUAGES = ("en", "de")

FINDINGS: Mapping[str, Mapping[Finding, str]] = {
    "en": {
        Finding.AGREES: "agrees with what was measured",
        Finding.SLOW: "slower than agreed",
        Finding.SEEN_IN_PART: "seen in part only",
        Finding.EXCLUDED: "set aside by a correction",
        Finding.IN_MAINTENANCE: "in maintenance",
        Finding.OUTSIDE_HOURS: "outside the service hours",
        Finding.UNKNOWN_TIME: "nobody looked then",
        Finding.NOT_SEEN: "not seen by ourselves",
    },
    "de": {
        Finding.AGREES: "deckt sich mit der Messung",
        Finding.SLOW: "langsamer als vereinbart",
        Finding.SEEN_IN_PART: "nur teilweise gesehen",
        Finding.EXCLUDED: "durch eine Korrektur ausgenommen",
        Finding.IN_MAINTENANCE: "während einer Wartung",
        Finding.OUTSIDE_HOURS: "außerhalb der Servicezeit",
        Finding.UNKNOWN_TIME: "da wurde nicht gemessen",
        Finding.NOT_SEEN: "von uns nicht gesehen",
    },
}
"""What a finding is called, by language."""

_SIGHTS: Mapping[str, Mapping[Sight, str]] = {
    "en": {
        Sight.OUTAGE: "{service} was down",
        Sight.DEGRADED: "{service} was degraded",
        Sight.SLOW: "{good} of {total} probes of {service} were as fast as agreed",
        Sight.CHECK_DOWN: "the check {check} failed{reason}",
        Sight.CHECK_DEGRADED: "the check {check} was degraded{reason}",
        Sight.SAID_DOWN: "a correction says that {service} was down{reason}",
        Sight.UNKNOWN: "nobody looked at {service}{reason}",
        Sight.EXCLUDED: "a correction sets the time aside{reason}",
        Sight.MAINTENANCE: "{service} was in maintenance",
        Sight.OUTSIDE_HOURS: "outside the service hours of {agreement}",
    },
    "de": {
        Sight.OUTAGE: "{service} war ausgefallen",
        Sight.DEGRADED: "{service} war eingeschränkt",
        Sight.SLOW: "{good} von {total} Messungen von {service} waren so schnell wie vereinbart",
        Sight.CHECK_DOWN: "die Prüfung {check} schlug fehl{reason}",
        Sight.CHECK_DEGRADED: "die Prüfung {check} war eingeschränkt{reason}",
        Sight.SAID_DOWN: "laut einer Korrektur war {service} ausgefallen{reason}",
        Sight.UNKNOWN: "{service} wurde nicht beobachtet{reason}",
        Sight.EXCLUDED: "eine Korrektur nimmt die Zeit aus{reason}",
        Sight.MAINTENANCE: "{service} war in Wartung",
        Sight.OUTSIDE_HOURS: "außerhalb der Servicezeit von {agreement}",
    },
}

_REMEDIES: Mapping[str, Mapping[Remedy, str]] = {
    "en": {
        Remedy.CHECK: "give {service} a check{kinds}{because}",
        Remedy.SHORTER_INTERVAL: "probe {service}/{check} every {interval}: what was felt was shorter than it takes to "
        "confirm a failure",
        Remedy.DEPENDENCY_CHECK: "give {service}, on which it stands, a check{kinds}: nothing looked at it then",
        Remedy.LATENCY_OBJECTIVE: "agree how fast {service} has to be: nothing says what is slow",
        Remedy.SECOND_SITE: "watch {service} from where the customer is as well",
    },
    "de": {
        Remedy.CHECK: "für {service} eine Prüfung{kinds} anlegen{because}",
        Remedy.SHORTER_INTERVAL: "{service}/{check} alle {interval} prüfen: die Störung war kürzer, als ein Ausfall zu "
        "bestätigen dauert",
        Remedy.DEPENDENCY_CHECK: "für {service}, worauf der Dienst steht, eine Prüfung{kinds} anlegen: niemand sah da "
        "hin",
        Remedy.LATENCY_OBJECTIVE: "vereinbaren, wie schnell {service} sein muss: nirgends steht, was langsam ist",
        Remedy.SECOND_SITE: "{service} auch von dort aus beobachten, wo der Kunde ist",
    },
}

_TOPICS: Mapping[str, Mapping[Topic, str]] = {
    "en": {
        Topic.LOGIN: "logging in",
        Topic.PURCHASE: "ordering and paying",
        Topic.CERTIFICATE: "the certificate",
        Topic.NAME: "the name",
        Topic.JOB: "a job",
        Topic.NETWORK: "the network",
        Topic.MAIL: "mail",
        Topic.SLOW: "slowness",
    },
    "de": {
        Topic.LOGIN: "das Anmelden",
        Topic.PURCHASE: "das Bestellen und Bezahlen",
        Topic.CERTIFICATE: "das Zertifikat",
        Topic.NAME: "den Namen",
        Topic.JOB: "einen Job",
        Topic.NETWORK: "das Netz",
        Topic.MAIL: "E-Mail",
        Topic.SLOW: "die Langsamkeit",
    },
}
_CAUSES: Mapping[str, Mapping[str, str]] = {
    "en": {
        Cause.LOCAL_FAULT: "our own network was at fault",
        Cause.STOPPED: "slamon was stopped",
        Cause.CLOCK_STEP: "the clock was set",
        Cause.SUSPENDED: "the machine slept",
        Cause.OVERLOADED: "slamon was overloaded",
    },
    "de": {
        Cause.LOCAL_FAULT: "unser eigenes Netz war gestört",
        Cause.STOPPED: "slamon war angehalten",
        Cause.CLOCK_STEP: "die Uhr wurde gestellt",
        Cause.SUSPENDED: "der Rechner schlief",
        Cause.OVERLOADED: "slamon war überlastet",
    },
}
_OR = {"en": " or ", "de": " oder "}
_KINDS = {"en": " of the kind {}", "de": " der Art {}"}
_ABOUT = {"en": ": the complaint is about {}", "de": ": es geht um {}"}


def sight_text(seen: Seen, language: str) -> str:
    """What was seen, without its time. Reasons of failures stand as everywhere, by their words in the reference."""
    reason = seen.reason
    if seen.sight is Sight.UNKNOWN and reason is not None:
        reason = _CAUSES[language].get(reason, reason)
    return _SIGHTS[language][seen.sight].format(
        service=seen.service,
        check=seen.check,
        agreement=seen.agreement,
        good=seen.good,
        total=seen.total,
        reason=f" ({reason})" if reason else "",
    )


def proposal_text(proposal: Proposal, language: str) -> str:
    """What to do, as a clause."""
    kinds, topic = _OR[language].join(proposal.kinds), proposal.because
    return _REMEDIES[language][proposal.remedy].format(
        service=proposal.service,
        check=proposal.check,
        interval="" if proposal.interval_ms is None else written_duration(proposal.interval_ms),
        kinds=_KINDS[language].format(kinds) if kinds else "",
        because="" if topic is None else _ABOUT[language].format(_TOPICS[language][topic]),
    )


def reasons(one: Reconciled, language: str) -> list[str]:
    """The sentences of a reconciliation: what was seen, each once, then what is proposed."""
    seen = [sight_text(seen, language) for seen in one.seen]
    return list(dict.fromkeys([*seen, *(proposal_text(proposal, language) for proposal in one.proposals)]))


def reconciled_json(one: Reconciled, language: str) -> dict[str, Any]:
    """Keys and values. Instants in ms; `state`: where the complaint stands."""
    complaint = one.complaint
    return {
        "id": complaint.number,
        "customer": complaint.customer,
        "service": complaint.service,
        "state": complaint.state.value,
        "channel": complaint.channel.value,
        "text": complaint.text,
        "felt_from_ms": one.felt.start,
        "felt_to_ms": one.felt.end,
        "looked_from_ms": one.looked.start,
        "looked_to_ms": one.looked.end,
        "finding": one.finding.value,
        "unseen": one.unseen,
        "settled": one.settled,
        "seen": [_seen_json(seen, language) for seen in one.seen],
        "proposals": [_proposal_json(proposal, language) for proposal in one.proposals],
    }


def _seen_json(seen: Seen, language: str) -> dict[str, Any]:
    return {
        "sight": seen.sight.value,
        "service": seen.service,
        "check": seen.check,
        "agreement": seen.agreement,
        "start_ms": seen.start,
        "end_ms": seen.end,
        "overlap_ms": seen.overlap_ms,
        "reason": seen.reason,
        "good": seen.good,
        "total": seen.total,
        "threshold_us": seen.threshold_us,
        "words": sight_text(seen, language),
    }


def _proposal_json(proposal: Proposal, language: str) -> dict[str, Any]:
    return {
        "remedy": proposal.remedy.value,
        "service": proposal.service,
        "kinds": list(proposal.kinds),
        "because": None if proposal.because is None else proposal.because.value,
        "check": proposal.check,
        "interval_ms": proposal.interval_ms,
        "words": proposal_text(proposal, language),
    }


def quality_json(found: Sequence[Quality]) -> list[dict[str, Any]]:
    """One for each customer and service."""
    return [
        {
            "customer": one.customer,
            "service": one.service,
            "complaints": one.complaints,
            "unseen": one.unseen,
            "unseen_ratio": ratio_text(one.ratio),
        }
        for one in found
    ]


_COLUMNS = ("id", "customer", "service", "state", "channel", "felt_from_ms", "felt_to_ms", "finding", "unseen",
            "settled", "text")  # fmt: skip


def csv_rows(made: Iterable[Reconciled], language: str) -> Iterable[list[str]]:
    """A header, then a row each; the last cell has the sentences."""
    yield [*_COLUMNS, "reasons"]
    for one in made:
        told = reconciled_json(one, language)
        yield [_cell(told[key]) for key in _COLUMNS] + ["; ".join(reasons(one, language))]


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not isinstance(value, int) else text
