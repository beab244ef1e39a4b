"""What happens by itself when a period is over: reports are made and delivered, the period is closed."""

from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from slamon.accounting import PeriodKind
from slamon.catalogue.access import HttpAccess
from slamon.catalogue.addresses import Email, HeaderName, HostName, OneLine, ip_of
from slamon.catalogue.base import Model, Truth, Whole, mistaken
from slamon.catalogue.quantities import ClockMinutes, PositiveMs

DAY_MS = 86_400_000
FIELDS = ("report", "period", "name", "begin", "end", "at", "customers", "agreements", "results", "files", "left_out")
"""What a mail's subject and text may name, in braces."""


class Language(StrEnum):
    """In which language a report is written."""

    EN = "en"
    DE = "de"


class Form(StrEnum):
    """In which form a report is written."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"


class Security(StrEnum):
    """How the way to a mail server is kept from others' eyes."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


def _template(value: str) -> str:
    """Names in braces only: nothing of a value can be reached through them."""
    known = ", ".join(FIELDS)
    try:
        parts = list(Formatter().parse(value))
    except ValueError:
        raise mistaken("a brace on its own", f"braces around a name ({known}), or two for one brace") from None
    for _, field, spec, conversion in parts:
        if field is not None and (field not in FIELDS or spec or conversion):
            raise mistaken(f"{{{field}}}", f"one of these names in braces: {known}")
    return value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("a text of printable characters, on one line")
    return value


Template = Annotated[str, AfterValidator(_template), Field(min_length=1, max_length=20_000)]
Subject = Annotated[str, AfterValidator(_template), AfterValidator(_one_line), Field(min_length=1, max_length=400)]
Folder = Annotated[Path, WithJsonSchema({"type": "string"})]


class Mail(Model):
    """A mail server, and what is sent through it."""

    host: HostName
    """The server's name or address."""
    port: Whole | None = Field(default=None, ge=1, le=65_535)
    """Its port; default: 587, with `tls` 465, with `none` 25."""
    security: Security = Security.STARTTLS
    """`starttls`: encrypted once the server says so, never without; `tls`: from the first byte on; `none`: readable."""
    username: str | None = None
    """Who logs in; default: nobody. Not with `none`, but to this machine."""
    password: OneLine | None = None
    """The password; may be a secret."""
    ca_file: str | None = None
    """Trusted authorities in PEM; default: those of the system."""
    timeout: PositiveMs = 60_000
    """The most that delivering one mail may take."""
    from_: Email = Field(alias="from")
    """The sender's address."""
    to: tuple[Email, ...] = Field(min_length=1, max_length=100)
    """Who gets it; each address once."""
    subject: Subject | None = None
    """The subject, with names in braces; default: `Service level report {period}: {customers}`, or in German."""
    text: Template | None = None
    """The text, with names in braces; default: the results, and what is attached."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.security]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise mistaken("one of username and password", "both", "username")
        if self.username is not None and self.security is Security.NONE and not self._here():
            raise mistaken("a password that goes readable over the net", "security: starttls or tls", "security")
        again = next((a for i, a in enumerate(self.to) if a in self.to[:i]), None)
        if again is not None:
            raise mistaken(f"{again} a second time", "each address once", "to")
        return self

    def _here(self) -> bool:
        ip = ip_of(self.host)
        return self.host == "localhost" or (ip is not None and ip.is_loopback)


class Webhook(HttpAccess):
    """Where the figures are sent as JSON, by POST."""

    headers: dict[HeaderName, OneLine] = Field(default_factory=dict)
    """Further headers; values may be secrets."""
    files: Truth = False
    """Whether the files go along, in base64; without them the JSON has figures and the files' names and digests."""


class Delivery(Model):
    """Where a report goes: to one place at least."""

    folder: Folder | None = None
    """A folder, from the working directory on; it is made."""
    mail: Mail | None = None
    """By mail, with the files attached."""
    webhook: Webhook | None = None
    """To a program, over http."""

    @property
    def ends(self) -> tuple[str, ...]:
        """Each of them by name: `folder`, `mail ADDRESS`, `webhook`."""
        found = ["folder"] if self.folder is not None else []
        found += [f"mail {address}" for address in (self.mail.to if self.mail is not None else ())]
        found += ["webhook"] if self.webhook is not None else []
        return tuple(found)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.folder is None and self.mail is None and self.webhook is None:
            raise mistaken("nowhere", "folder, mail or webhook")
        return self


class ScheduledReport(Model):
    """A report that slamon makes by itself when a period is over."""

    agreements: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The ids of the agreements; default: those of `customer`, else all."""
    customer: str | None = None
    """The id of the customer whose agreements are meant; not beside `agreements`."""
    period: PeriodKind = PeriodKind.MONTH
    """How long each of them covers."""
    working_day: Whole = Field(default=1, ge=1, le=60)
    """On which working day after the period's end it is due; the first one may be the day that the next one begins."""
    at: ClockMinutes = 7 * 60
    """At what time of that day; default: 07:00."""
    timezone: str = "UTC"
    """The IANA zone of day and time."""
    calendar: str | None = None
    """The calendar whose days with hours are working days; default: Monday to Friday."""
    lang: Language = Language.EN
    """The language of the texts, numbers and dates."""
    formats: tuple[Form, ...] = Field(default=(Form.PDF,), min_length=1)
    """The forms of the files."""
    to: Delivery
    """Where it goes."""
    retry_for: PositiveMs = 3 * DAY_MS
    """How long a run that failed is tried again, at growing distances; after that by hand only."""

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.agreements is not None and self.customer is not None:
            raise mistaken("agreements and customer", "one of them", "customer")
        return self


class Closing(Model):
    """When periods are closed without anybody's doing."""

    after_working_days: Whole = Field(ge=0, le=60)
    """On which working day after the period's end it is closed, once it is settled; 0: never, by hand only."""
    at: ClockMinutes = 6 * 60
    """At what time of that day, in the agreement's zone."""
    calendar: str | None = None
    """The calendar whose days with hours are working days; default: Monday to Friday."""
