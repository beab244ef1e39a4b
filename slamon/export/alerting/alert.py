"""What an alert is, before it is written for anybody's rule engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from slamon.export.families import Family


class Language(StrEnum):
    """The languages that texts are written in."""

    EN = "en"
    DE = "de"


class Severity(StrEnum):
    """What an alert asks for: somebody now, somebody in working hours, nobody (the dead man's switch)."""

    PAGE = "page"
    TICKET = "ticket"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Texts:
    """What one alert says in one language; Go templates over the alert's labels and value."""

    summary: str
    description: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `wait`: how long its expression must hold first, as Prometheus writes it; empty: not at all.

    `dashboard`: the path and query of the panel to look at, below the base of `Fit`.
    """

    name: str
    severity: Severity
    expression: str
    texts: Mapping[Language, Texts]
    dashboard: str
    wait: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A series that is recorded: its name, as level:metric:operation, and its expression."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated together; `interval` as Prometheus writes it."""

    name: str
    alerts: Sequence[Alert]
    interval: str = "15s"
    records: Sequence[Record] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """How the rules are made to fit somebody's house.

    `selector`: matchers that every metric of slamon gets, as `job="slamon"`; `job`: that of the scrape configuration;
    `severities`: other words for ours; `runbooks` and `dashboards`: where these are, without a slash at the end;
    `own_team`: who looks after slamon itself.
    """

    language: Language = Language.EN
    selector: str = ""
    job: str = "slamon"
    severities: Mapping[str, str] = field(default_factory=dict)
    runbooks: str = "https://slamon.example.org/docs/runbooks"
    dashboards: str = "https://grafana.example.org"
    own_team: str = "monitoring"

    def of(self, family: Family, **matchers: str) -> str:
        """A metric as an expression names it: `state="down"`, or `state="~up|degraded"` for a pattern."""
        return self.named(family.name, **matchers)

    def named(self, name: str, **matchers: str) -> str:
        """The same by the name of its samples."""
        pairs = [self.selector] if self.selector else []
        pairs += [f'{k}=~"{v[1:]}"' if v.startswith("~") else f'{k}="{v}"' for k, v in matchers.items()]
        return f"{name}{{{','.join(pairs)}}}" if pairs else name

    def severity(self, severity: Severity) -> str:
        """Our severity in their words."""
        return self.severities.get(severity.value, severity.value)
