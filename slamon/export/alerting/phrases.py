"""Pieces of texts that ask the rule engine for more: Go templates that Prometheus 2.42 and vmalert 1.79 both know.

Percentages are cut against the provider, never rounded: `humanizePercentage` would show 0.99999 as 100 %.
"""

from collections.abc import Sequence

from slamon.export import names as n
from slamon.export.alerting.alert import Fit, Language

_AGREED = "agreement, service, customer"
_COMMA = ' | reReplaceAll "[.]" ","'


def per_cent(expression: str) -> str:
    """A ratio as per cent with three digits, cut downward."""
    return f"floor(({expression}) * 1e5 + 1e-7) / 1e3"


def digits(fit: Fit, value: str, form: str = "%.3f") -> str:
    """A number of a template as people read it."""
    return f'{{{{ printf "{form}" {value}{_COMMA if fit.language is Language.DE else ""} }}}}'


def budgets(fit: Fit, matcher: str, label: str) -> str:
    """What each agreement has left of its budget, a sentence each; `label`: the alert's label that picks them."""
    left = f"min by ({_AGREED}) ({fit.of(n.BUDGET_REMAINING, **{matcher: '%s'})})"
    named = f"max by ({_AGREED}, customer_name) ({fit.of(n.AGREEMENT_INFO)})"
    question = f"{per_cent(left)} * on ({_AGREED}) group_left (customer_name) topk by ({_AGREED}) (1, {named})"
    words = {
        Language.EN: ("% of the budget left", "the agreement allows no outage at all"),
        Language.DE: ("% des Budgets übrig", "vereinbart ist, dass es gar nicht ausfällt"),
    }[fit.language]
    return (
        f"{{{{ range query (printf `{question}` $labels.{label}) }}}}"
        "\n- {{ .Labels.customer_name }} ({{ .Labels.agreement }}): "
        f"{{{{ if gt .Value -1e9 }}}}{digits(fit, '.Value')} {words[0]}"
        f"{{{{ else }}}}{words[1]}{{{{ end }}}}"
        "{{ end }}"
    )


def failing(fit: Fit, label: str) -> str:
    """The checks that are down, of the service that the alert's label names."""
    question = f"max by (check) ({fit.of(n.CHECK_UP, service='%s')}) == 0"
    words = {Language.EN: "\nFailing checks:", Language.DE: "\nAusgefallene Prüfungen:"}[fit.language]
    asked = f"query (printf `{question}` $labels.{label})"
    return f"{{{{ with {asked} }}}}{words}{{{{ range . }}}} {{{{ .Labels.check }}}}{{{{ end }}}}{{{{ end }}}}"


def availability(fit: Fit, label: str = "agreement") -> str:
    """The availability of the running period so far against the target, of the alert's agreement and service."""
    pick = {"agreement": "%s", "service": "%s"}
    so_far = per_cent(f"min({fit.of(n.PERIOD_AVAILABILITY, **pick)})")
    target = per_cent(f"max({fit.of(n.TARGET, **pick)})")
    arguments = f"$labels.{label} $labels.service"
    words = {Language.EN: ("available so far", "agreed"), Language.DE: ("bisher verfügbar", "vereinbart")}[fit.language]
    agreed = f", {words[1]} {digits(fit, '.Value', '%.10g')} %"
    return (
        f"{{{{ range query (printf `{so_far}` {arguments}) }}}}{digits(fit, '.Value')} % {words[0]}{{{{ end }}}}"
        f"{{{{ range query (printf `{target}` {arguments}) }}}}{agreed}{{{{ end }}}}"
    )


def burned(fit: Fit, windows: Sequence[str]) -> str:
    """What share of the allowance went in each of some windows, cut upward, of the alert's agreement and service."""
    words = {Language.EN: ("more than all", "in", " and "), Language.DE: ("mehr als alles", "in", " und ")}[
        fit.language
    ]
    told = []
    for window in windows:
        share = fit.of(n.BUDGET_BURNED, agreement="%s", service="%s", window=window)
        question = f"clamp_min(ceil(min({share}) * 1e3 - 1e-7), 0) / 10"
        shown = f"{digits(fit, '.Value', '%.1f')} %"
        told.append(
            f"{{{{ range query (printf `{question}` $labels.agreement $labels.service) }}}}"
            f"{{{{ if gt .Value 1e9 }}}}{words[0]}{{{{ else }}}}{shown}{{{{ end }}}}{{{{ end }}}} {words[1]} {window}"
        )
    return words[2].join(told)
