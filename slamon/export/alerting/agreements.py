"""Alerts on what was agreed: how fast the budget goes, whose period is at risk or lost, what nobody saw."""

from slamon.accounting import AgreementVerdict
from slamon.export import names as n
from slamon.export.alerting import phrases, terms
from slamon.export.alerting.alert import Alert, Fit, Group, Language, Severity, Texts

_AGREED = "agreement, service, customer"
_AGREEMENT = (
    "/d/slamon-agreement?var-agreement={{ $labels.agreement }}&var-service={{ $labels.service }}&from=now-7d&to=now"
)
_WHICH = "{{ $labels.service }} ({{ $labels.agreement }})"
WINDOWS = {Severity.PAGE: (("1h", "5m"), ("6h", "30m")), Severity.TICKET: (("1d", "2h"), ("3d", "6h"))}
"""By severity: the pairs of windows, in both of which the budget must burn: long enough to matter, and still."""


def group(fit: Fit) -> Group:
    """All of them."""
    return Group(
        "slamon-agreements",
        (
            _burn(fit, Severity.PAGE),
            _burn(fit, Severity.TICKET),
            _at_risk(fit),
            _breached(fit),
            _coverage(fit),
            _latency(fit),
        ),
    )


def _burn(fit: Fit, severity: Severity) -> Alert:
    pairs = [
        f"({terms.burned(fit, severity.value, long)}\nand {terms.burned(fit, severity.value, short)})"
        for long, short in WINDOWS[severity]
    ]
    burning = "\nor ".join(pairs)
    if severity is Severity.PAGE:
        burning = f"({burning})\nand {terms.now_owed(fit)}"
    told = phrases.burned(fit, [long for long, _ in WINDOWS[severity]])
    budgets = phrases.budgets(fit, "agreement", "agreement")
    return Alert(
        "SlamonBudgetBurn",
        severity,
        terms.by_agreement(fit, burning),
        {
            Language.EN: Texts(
                f"{_WHICH} spends its budget too fast",
                f"Of the downtime that the whole period allows {told} went, and it goes on.{budgets}",
            ),
            Language.DE: Texts(
                f"{_WHICH} verbraucht sein Budget zu schnell",
                f"Von der Ausfallzeit, die der ganze Zeitraum erlaubt, sind {told} verbraucht, und es geht weiter."
                f"{budgets}",
            ),
        },
        _AGREEMENT,
    )


def _verdict(fit: Fit, verdict: AgreementVerdict) -> str:
    """The agreements of which every slamon says so."""
    return f"{terms.mildest(fit.of(n.VERDICT, verdict=verdict.value))} == 1"


def _at_risk(fit: Fit) -> Alert:
    start, end = terms.mildest(fit.of(n.PERIOD_START)), terms.mildest(fit.of(n.PERIOD_END))
    gone = f"time() - {start} > 0.1 * ({end} - {start})"
    spent = f"{terms.mildest(fit.of(n.BUDGET_REMAINING))} < 0.5"
    availability = phrases.availability(fit)
    return Alert(
        "SlamonAgreementAtRisk",
        Severity.TICKET,
        terms.by_agreement(fit, f"{_verdict(fit, AgreementVerdict.AT_RISK)}\nand ({gone}\n  or {spent})"),
        {
            Language.EN: Texts(
                f"{_WHICH} will miss its target if it goes on like this",
                f"If the rest of the period goes as the newest part did, the target is missed. {availability}.",
            ),
            Language.DE: Texts(
                f"{_WHICH} verfehlt sein Ziel, wenn es so weitergeht",
                f"Geht der Rest des Zeitraums wie zuletzt, wird das Ziel verfehlt. {availability}.",
            ),
        },
        _AGREEMENT,
        wait="30m",
    )


def _breached(fit: Fit) -> Alert:
    availability = phrases.availability(fit)
    return Alert(
        "SlamonAgreementBreached",
        Severity.TICKET,
        terms.by_agreement(fit, _verdict(fit, AgreementVerdict.BREACHED)),
        {
            Language.EN: Texts(
                f"{_WHICH} is breached",
                f"The budget of the running period is overspent: nothing can mend it any more. {availability}.",
            ),
            Language.DE: Texts(
                f"{_WHICH} ist verletzt",
                f"Das Budget des laufenden Zeitraums ist überzogen und nicht mehr aufzuholen. {availability}.",
            ),
        },
        _AGREEMENT,
    )


def _coverage(fit: Fit) -> Alert:
    seen = fit.of(n.COVERAGE, window="6h")
    known_long = f"max by ({_AGREED}) ({seen} offset 6h)"
    low = f"max by ({_AGREED}) ({seen})\n  < on ({_AGREED}) max by ({_AGREED}) ({fit.of(n.MIN_COVERAGE)})"
    share = "{{ range query (printf `floor(vector(%.17g) * 1e3 + 1e-7) / 10` $value) }}"
    shown = f"{share}{phrases.digits(fit, '.Value', '%.1f')}{{{{ end }}}} %"
    return Alert(
        "SlamonCoverageLow",
        Severity.TICKET,
        terms.by_agreement(fit, f"{low}\nand on ({_AGREED}) {known_long}"),
        {
            Language.EN: Texts(
                f"Too little of {_WHICH} is observed",
                f"Only {shown} of the last six hours were observed. If it goes on, the period has no verdict.",
            ),
            Language.DE: Texts(
                f"{_WHICH} wird zu wenig beobachtet",
                f"Nur {shown} der letzten sechs Stunden wurden beobachtet. Geht es so weiter, hat der Zeitraum "
                "kein Ergebnis.",
            ),
        },
        _AGREEMENT,
        wait="30m",
    )


def _latency(fit: Fit) -> Alert:
    fast, agreed = fit.of(n.LATENCY), fit.of(n.LATENCY_TARGET)
    return Alert(
        "SlamonLatencyObjectiveMissed",
        Severity.TICKET,
        terms.by_agreement(fit, f"max by ({_AGREED}) ({fast})\n  < on ({_AGREED}) max by ({_AGREED}) ({agreed})"),
        {
            Language.EN: Texts(
                f"{_WHICH} is slower than agreed",
                "In the running period so far too few probes were as fast as agreed.",
            ),
            Language.DE: Texts(
                f"{_WHICH} ist langsamer als vereinbart",
                "Im laufenden Zeitraum waren bisher zu wenige Messungen so schnell wie vereinbart.",
            ),
        },
        _AGREEMENT,
        wait="30m",
    )
