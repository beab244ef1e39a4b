"""The options of a journey: steps over HTTP that carry cookies and captured values on."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.addresses import HeaderName, Method, OneLine, ProxyUrl, Url
from slamon.catalogue.base import Model, Name, Options, Pattern, Whole, mistaken
from slamon.catalogue.hosts import askable_host
from slamon.catalogue.probe_options import (
    DEFAULT_REDIRECTS,
    MIB,
    BasicAuth,
    Family,
    Headers,
    HttpExpect,
    IpFamily,
    JsonPath,
    Redirects,
    Resolver,
    Tls,
)
from slamon.catalogue.quantities import PositiveMs, SizeBytes
from slamon.catalogue.secret import Secret

MOST_STEPS = 50
MOST_BODY = 4 * MIB
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Where a captured value is put in."""

_CAPTURE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_BLANKS = re.compile(r"[\s\0-\x1f]")


def _step_url(value: str) -> str:
    whole = PLACEHOLDER.fullmatch(value) is not None
    filled = PLACEHOLDER.sub("x", value)
    try:
        parts = urlsplit(filled)
        sound = whole or _leads_somewhere(value, filled, parts.scheme, parts.port)
        if parts.hostname is not None:
            askable_host(parts.hostname)
    except ValueError:
        sound = False
    if not sound or _BLANKS.search(value):
        raise ValueError(
            "a url of http or https, a path such as /cart?item=${id}, or one captured value such as ${next}"
        )
    if not whole and "@" in parts.netloc:
        raise mistaken("a user or password in the url", "them in basic_auth, where they are not shown")
    return value


def _leads_somewhere(value: str, filled: str, scheme: str, port: int | None) -> bool:
    """A whole url whose host is written out, or a path."""
    if not scheme:
        return bool(value) and not value.startswith("//")
    netloc = urlsplit(value.partition("${")[0]).netloc if "${" in value else urlsplit(filled).netloc
    begins = f"{scheme}://{urlsplit(filled).netloc}"
    return scheme in ("http", "https") and bool(netloc) and port != 0 and value.startswith(begins)


def _capture_name(value: str) -> str:
    if not _CAPTURE_NAME.fullmatch(value):
        raise ValueError("a name of letters, digits and _, for example csrf_token")
    return value


def _plain_texts(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: str(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else v for name, v in value.items()}


def _revealed(value: object) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dict):
        return {str(key): _revealed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_revealed(inner) for inner in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise ValueError("a value of JSON: a mapping, a list, a text, a number, true, false or null")


def _json_text(value: object) -> object:
    """Written as JSON once; placeholders stand within its texts. One that was written before is left alone."""
    return value if value is None or isinstance(value, Secret) else json.dumps(_revealed(value), ensure_ascii=False)


def _http_proxy(value: Secret) -> Secret:
    if urlsplit(value.reveal()).scheme != "http":
        raise mistaken("another value", "a proxy's url of http, for example http://proxy.example.org:3128")
    return value


def _within(size: int) -> int:
    if size > MOST_BODY:
        raise ValueError("a size up to 4MiB")
    return size


StepUrl = Annotated[str, AfterValidator(_step_url)]
CaptureName = Annotated[str, AfterValidator(_capture_name)]
Form = Annotated[
    dict[str, Secret],
    BeforeValidator(_plain_texts),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number"]}}),
]
JsonBody = Annotated[Secret, BeforeValidator(_json_text), WithJsonSchema({"type": ["object", "array"]})]
Limit = Annotated[SizeBytes, AfterValidator(_within)]


class Capture(Model):
    """One value of an answer that later steps carry on as `${name}`; from exactly one place."""

    body: Pattern | None = None
    """From the body: what the first group of this regular expression (RE2) matches, or all of it without a group."""
    header: HeaderName | None = None
    """The value of this header."""
    json_: JsonPath | None = Field(default=None, alias="json")
    """The text, number or truth value at this path of the body as JSON."""
    cookie: str | None = None
    """The value of the cookie of this name."""
    matches: Pattern | None = None
    """Of a header, a value of JSON or a cookie only what the first group of this regular expression (RE2) matches."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = self.model_fields_set - {"matches"}
        if len(given) != 1:
            raise mistaken(" and ".join(sorted(given)) or "no place", "exactly one of body, header, json, cookie")
        if self.matches is not None and self.body is not None:
            raise mistaken("matches beside body", "body alone: it is a regular expression itself", "matches")
        return self


class JourneyStep(Model):
    """One step of a journey: a request, its redirects, what is expected of the answer, what is carried on."""

    name: Name
    """What it is called in sentences, phases and on pages; each another name."""
    url: StepUrl = "/"
    """What is asked for, relative to `url` of the journey; `${name}` is a captured value, alone a whole url."""
    method: Method | None = None
    """The method, in capitals; default: GET, or POST where something is sent."""
    headers: Headers = Field(default_factory=dict)
    """Headers of the request by name, each a text or a list of texts; values may be secrets."""
    form: Form = Field(default_factory=dict)
    """Fields of a form that is sent; values may be secrets."""
    json_: JsonBody | None = Field(default=None, alias="json")
    """A mapping or a list that is sent as JSON; texts in it may be secrets; instead of `form`."""
    body: Secret | None = None
    """A text that is sent; may be a secret; instead of `form`."""
    basic_auth: BasicAuth | None = None
    """User and password; kept from other hosts on redirects."""
    bearer: OneLine | None = None
    """A bearer token; may be a secret; instead of `basic_auth`; kept from other hosts on redirects."""
    follow_redirects: Redirects = DEFAULT_REDIRECTS
    """How many redirects are followed: true (10), false (none), or 0 to 50."""
    timeout: PositiveMs | None = None
    """The most that the step may take; default: what is left of the check's `timeout`."""
    expect: HttpExpect = Field(default_factory=HttpExpect)
    """What makes it up, as for http; everything must hold, else the journey ends here."""
    capture: dict[CaptureName, Capture] = Field(default_factory=dict)
    """What later steps carry on, by name."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        sent = [key for key, there in (("form", self.form), ("json", self.json_), ("body", self.body)) if there]
        if len(sent) > 1:
            raise mistaken(" and ".join(sent), "one of them", sent[-1])
        if self.basic_auth is not None and self.bearer is not None:
            raise mistaken("basic_auth and bearer", "one of them", "bearer")
        return self

    def texts(self) -> Iterator[tuple[str, str]]:
        """The texts that may use captured values, each with the key it stands at."""
        yield "url", self.url
        yield from (("headers", value.reveal()) for values in self.headers.values() for value in values)
        yield from (("form", value.reveal()) for value in self.form.values())
        for key, secret in (("json", self.json_), ("body", self.body), ("bearer", self.bearer)):
            if secret is not None:
                yield key, secret.reveal()
        if self.basic_auth is not None:
            yield "basic_auth", self.basic_auth.password.reveal()


class JourneyExpect(Model):
    """What makes a journey degraded though every step holds."""

    degraded_over: PositiveMs | None = None
    """Degraded when all steps together took longer."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate met on the way ends within so many days, 0 to 3650; expired is down."""


class JourneyOptions(Options):
    """A journey over HTTP, as a customer makes it: log in, put into the cart, check out."""

    url: Url
    """Where it begins: http or https; the urls of steps are relative to it."""
    steps: tuple[JourneyStep, ...] = Field(min_length=1, max_length=MOST_STEPS)
    """What is done, one after the other, up to 50 steps; each goes on with the cookies of those before."""
    trusted: tuple[Url, ...] = ()
    """Urls of further hosts that may be sent credentials and forms where a captured url leads: a login service."""
    headers: Headers = Field(default_factory=dict)
    """Headers of every request to the host of `url`; values may be secrets."""
    proxy: Annotated[ProxyUrl, AfterValidator(_http_proxy)] | None = None
    """A proxy: http; may hold credentials and be a secret."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    tls: Tls = None
    """TLS options; our own certificate and `server_name` are for the host of `url` only."""
    body_limit: Limit = MIB
    """So much of each body is read, decompressed, up to `4MiB`; what is beyond is not."""
    expect: JourneyExpect = Field(default_factory=JourneyExpect)
    """What makes it degraded though every step holds."""

    @model_validator(mode="after")
    def _carries_what_was_captured(self) -> Self:
        captured: set[str] = set()
        names: set[str] = set()
        for index, step in enumerate(self.steps):
            if step.name in names:
                raise mistaken("a name that another step has", "another name", "steps", index, "name")
            for key, text in step.texts():
                missing = sorted(set(PLACEHOLDER.findall(text)) - captured)
                if missing:
                    found = f"${{{missing[0]}}}, which no step before captures"
                    raise mistaken(found, "the name of a capture of a step before", "steps", index, key)
            names.add(step.name)
            captured |= set(step.capture)
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.url
