"""The web configuration file of Prometheus' exporter toolkit: TLS, headers, users and a rate limit.

Every mistake is told at once, with its place; secrets in the file are never shown.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, Strict, ValidationError, model_validator

from slamon.catalogue.base import Model, Truth, mistaken
from slamon.catalogue.problems import CatalogueErrors, Place, Problem, did_you_mean
from slamon.catalogue.quantities import duration_ms
from slamon.catalogue.reader import Document, KeyPath, read
from slamon.catalogue.secret import Secret

HIGHEST_COST = 18
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")
_SECRET = {"key", "basic_auth_users", "cert", "client_ca"}

TlsVersion = Literal["TLS10", "TLS11", "TLS12", "TLS13"]
ClientAuth = Literal[
    "NoClientCert",
    "RequestClientCert",
    "RequireAnyClientCert",
    "VerifyClientCertIfGiven",
    "RequireAndVerifyClientCert",
]
Curve = Literal["CurveP256", "CurveP384", "CurveP521", "X25519"]
CIPHERS = {
    "TLS_AES_128_GCM_SHA256": None,
    "TLS_AES_256_GCM_SHA384": None,
    "TLS_CHACHA20_POLY1305_SHA256": None,
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
"""The names of the file and those of OpenSSL; None: of TLS 1.3, which has no choice of ciphers."""


def _cipher(name: str) -> str:
    if name not in CIPHERS:
        raise ValueError(f"one of {', '.join(CIPHERS)}")
    return name


def _bcrypt(secret: Secret) -> Secret:
    found = _BCRYPT.fullmatch(secret.reveal())
    if found is None:
        raise ValueError("a bcrypt hash, as htpasswd -nBC 10 NAME prints it after the colon")
    if int(found[1]) > HIGHEST_COST:
        raise ValueError(f"a bcrypt hash of a cost up to {HIGHEST_COST}: more takes many seconds a sign-in")
    return secret


def _user(name: str) -> str:
    if not name or ":" in name:
        raise ValueError("a user name, not empty and without a colon")
    return name


def _one_of(*values: str) -> Callable[[str], str]:
    def checked(value: str) -> str:
        if value and value.lower() not in values:
            raise ValueError(" or ".join(values))
        return value

    return checked


def _one_line(value: str) -> str:
    if not value.isprintable() or not value.isascii():
        raise ValueError("one line of printable ASCII characters")
    return value


def _interval(value: object) -> int:
    return 0 if value == 0 or value == "0" else duration_ms(value)


HeaderValue = Annotated[str, AfterValidator(_one_line)]


class TlsServer(Model):
    """`tls_server_config`. Files are relative to the folder of the configuration."""

    cert: str | None = None
    key: Secret | None = None
    client_ca: str | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    client_ca_file: Path | None = None
    client_auth_type: ClientAuth = "NoClientCert"
    client_allowed_sans: tuple[str, ...] = ()
    min_version: TlsVersion = "TLS12"
    max_version: TlsVersion = "TLS13"
    cipher_suites: tuple[Annotated[str, AfterValidator(_cipher)], ...] = ()
    curve_preferences: tuple[Curve, ...] = ()
    prefer_server_cipher_suites: Truth = True

    @property
    def verifies_clients(self) -> bool:
        """Whether a client's certificate is asked for and verified."""
        return self.client_auth_type not in {"NoClientCert", "RequestClientCert"}

    @model_validator(mode="after")
    def _certificate(self) -> Self:
        for name in ("cert", "key", "client_ca"):
            both = [key for key in (name, f"{name}_file") if getattr(self, key) is not None]
            if len(both) > 1:
                raise mistaken(f"{name} and {name}_file", "one of the two", f"{name}_file")
            if not both and name != "client_ca":
                raise mistaken(f"no {name}_file", f"{name}_file, or {name} with the PEM text itself")
        return self

    @model_validator(mode="after")
    def _clients(self) -> Self:
        ca = "client_ca" if self.client_ca is not None else "client_ca_file" if self.client_ca_file else None
        if ca is not None and self.client_auth_type == "NoClientCert":
            raise mistaken(f"{ca} without client_auth_type", "client_auth_type: RequireAndVerifyClientCert", ca)
        if self.verifies_clients and ca is None:
            raise mistaken(
                f"{self.client_auth_type} without client_ca_file",
                "client_ca_file: a client's certificate is always verified here, by this authority",
                "client_auth_type",
            )
        required = self.client_auth_type in {"RequireAnyClientCert", "RequireAndVerifyClientCert"}
        if self.client_allowed_sans and not required:
            raise mistaken(
                f"client_allowed_sans with {self.client_auth_type}",
                "client_auth_type: RequireAndVerifyClientCert",
                "client_allowed_sans",
            )
        return self

    @model_validator(mode="after")
    def _versions(self) -> Self:
        if self.min_version > self.max_version:
            raise mistaken(f"min_version {self.min_version}", f"at most max_version {self.max_version}", "min_version")
        old_only = self.max_version != "TLS13"
        if self.cipher_suites and old_only and not any(CIPHERS[name] for name in self.cipher_suites):
            raise mistaken("ciphers of TLS 1.3 only", f"some for {self.max_version} as well", "cipher_suites")
        return self


class Headers(Model):
    """The headers that may be set; an empty text leaves one out."""

    content_security_policy: HeaderValue | None = Field(default=None, alias="Content-Security-Policy")
    x_frame_options: Annotated[HeaderValue | None, AfterValidator(lambda v: v and _one_of("deny", "sameorigin")(v))] = (
        Field(default=None, alias="X-Frame-Options")
    )
    x_content_type_options: Annotated[HeaderValue | None, AfterValidator(lambda v: v and _one_of("nosniff")(v))] = (
        Field(default=None, alias="X-Content-Type-Options")
    )
    x_xss_protection: HeaderValue | None = Field(default=None, alias="X-XSS-Protection")
    strict_transport_security: HeaderValue | None = Field(default=None, alias="Strict-Transport-Security")

    def values(self) -> dict[str, str]:
        """Name and text of those that are named."""
        return {name: text for name, text in self.model_dump(by_alias=True).items() if text is not None}


class HttpServer(Model):
    """`http_server_config`."""

    http2: Truth = True
    headers: Headers = Headers()


class RateLimit(Model):
    """`rate_limit`: a bucket of `burst` requests that gains one every `interval`; an interval of 0 is no limit."""

    interval_ms: Annotated[int, BeforeValidator(_interval)] = Field(default=0, alias="interval")
    burst: Annotated[int, Strict(), Field(ge=0)] = 0

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.interval_ms and not self.burst:
            raise mistaken("no burst", "burst: 1 or more, or nothing would be answered")
        return self


class WebConfig(Model):
    """The whole file."""

    tls_server_config: TlsServer | None = None
    http_server_config: HttpServer = HttpServer()
    basic_auth_users: dict[Annotated[str, AfterValidator(_user)], Annotated[Secret, AfterValidator(_bcrypt)]] = Field(
        default_factory=dict
    )
    rate_limit: RateLimit = RateLimit()


def load_web_config(path: Path) -> WebConfig:
    """Read the file; ConfigurationError with every mistake."""
    document = read(path)
    value = {} if document.value is None else document.value
    problems = list(document.problems)
    if not isinstance(value, dict):
        problems.append(Problem(Place(path, 1, 1), (), "no mapping", f"keys of {', '.join(WebConfig.model_fields)}"))
    if not problems:
        try:
            return _in_folder(WebConfig.model_validate(_without_nothing(value)), path.parent)
        except ValidationError as error:
            problems = [_problem(dict(detail), document) for detail in error.errors(include_url=False)]
    raise CatalogueErrors(problems)


def _without_nothing(value: dict[str, Any]) -> dict[str, Any]:
    """A section without content is as good as none."""
    return {key: item for key, item in value.items() if item is not None or key not in WebConfig.model_fields}


def _in_folder(config: WebConfig, folder: Path) -> WebConfig:
    tls = config.tls_server_config
    if tls is None:
        return config
    names = ("cert_file", "key_file", "client_ca_file")
    files = {name: folder / getattr(tls, name) for name in names if getattr(tls, name) is not None}
    return config.model_copy(update={"tls_server_config": tls.model_copy(update=files)})


def _problem(detail: dict[str, Any], document: Document) -> Problem:
    path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
    kind = str(detail["type"])
    if kind == "mistaken":
        path += tuple(detail["ctx"]["at"])
        return Problem(_place(document, path), path, detail["ctx"]["found"], detail["ctx"]["expected"])
    if kind == "extra_forbidden":
        known = _keys(path[:-1])
        word = str(path[-1])
        hint = did_you_mean(word, known)
        return Problem(
            _key_place(document, path), path, f"the unknown key {word!r}", f"one of {', '.join(known)}", hint
        )
    message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return Problem(_place(document, path), path, _found(path, detail.get("input")), message)


def _found(path: KeyPath, value: object) -> str:
    if _SECRET.intersection(map(str, path)):
        return "a value that is not shown here"
    if isinstance(value, str | int | float | bool):
        return repr(value)[:60]
    return "nothing" if value is None else "a mapping" if isinstance(value, dict) else "a list"


def _keys(path: KeyPath) -> list[str]:
    models: dict[KeyPath, type[BaseModel]] = {
        (): WebConfig,
        ("tls_server_config",): TlsServer,
        ("http_server_config",): HttpServer,
        ("http_server_config", "headers"): Headers,
        ("rate_limit",): RateLimit,
    }
    return [field.alias or name for name, field in models[path].model_fields.items()]


def _place(document: Document, path: KeyPath) -> Place:
    lengths = range(len(path), -1, -1)
    return next((document.values[path[:n]] for n in lengths if path[:n] in document.values), Place(document.file))


def _key_place(document: Document, path: KeyPath) -> Place:
    return document.keys.get(path) or _place(document, path)
