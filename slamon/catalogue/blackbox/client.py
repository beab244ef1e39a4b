"""What the probers of a blackbox.yml share: TLS, credentials, OAuth2, proxies, headers.

Keys stand in the order in which that program writes them.
"""

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from slamon.catalogue.base import Model, mistaken
from slamon.catalogue.blackbox.values import Flag, Hidden, Text, TextMap, Texts

RESERVED = frozenset(
    {"authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"}
    | {"keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"}
    | {"x-prometheus-remote-write-version", "x-prometheus-remote-read-version"}
    | {"x-prometheus-scrape-timeout-seconds", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
)
"""Headers that `http_headers` may not set."""

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class Section(Model):
    """A mapping of the file. A key without a value is as if it were not there."""

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, value: Any) -> Any:
        if value is None:
            return {}
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


def at_most_one(section: Section, *keys: str) -> None:
    """A mistake when several of these keys are given."""
    given = [key for key in keys if getattr(section, key)]
    if len(given) > 1:
        raise mistaken(" and ".join(given), f"at most one of {', '.join(keys)}", given[-1])


def _proxy(value: str) -> str:
    if value:
        try:
            parts = urlsplit(value)
            sound = parts.scheme in PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound:
            schemes = ", ".join(PROXY_SCHEMES)
            raise mistaken("another value", f"a proxy's url of {schemes}, for example http://proxy.example.org:3128")
    return value


TlsVersion = Annotated[Literal["TLS10", "TLS11", "TLS12", "TLS13", ""], BeforeValidator(str)]
ProxyUrl = Annotated[Text, AfterValidator(_proxy)]


class TlsConfig(Section):
    """TLS: whom to trust, who we are, what is insisted on. Relative paths begin at the working directory."""

    ca: Text = ""
    """Trusted authorities in PEM, written out."""
    cert: Text = ""
    """Our own certificate in PEM, written out."""
    key: Hidden = None
    """Its key in PEM, written out."""
    ca_file: Text = ""
    """Trusted authorities in PEM, in a file; default: those of the system."""
    cert_file: Text = ""
    """Our own certificate in PEM, in a file."""
    key_file: Text = ""
    """Its key in PEM, in a file."""
    server_name: Text = ""
    """The name that is asked for and that the certificate must bear; default: the host."""
    insecure_skip_verify: Flag = False
    """Accept any certificate."""
    min_version: TlsVersion = ""
    """The oldest version of TLS that will do: TLS10, TLS11, TLS12 (default), TLS13."""
    max_version: TlsVersion = ""
    """The newest version of TLS that is spoken."""

    @model_validator(mode="after")
    def _paired(self) -> Self:
        at_most_one(self, "ca", "ca_file")
        at_most_one(self, "cert", "cert_file")
        at_most_one(self, "key", "key_file")
        if bool(self.cert or self.cert_file) != bool(self.key or self.key_file):
            raise mistaken("a certificate or a key alone", "both, each written out or in a file")
        return self


class BasicAuth(Section):
    """User and password."""

    username: Text = ""
    """The user."""
    username_file: Text = ""
    """The user, read from a file at every probe."""
    password: Hidden = None
    """The password."""
    password_file: Text = ""
    """The password, read from a file at every probe."""

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        at_most_one(self, "username", "username_file")
        at_most_one(self, "password", "password_file")
        return self


class Authorization(Section):
    """What the header Authorization says."""

    type: Text = "Bearer"
    """Its first word."""
    credentials: Hidden = None
    """Its second word."""
    credentials_file: Text = ""
    """Its second word, read from a file at every probe."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        at_most_one(self, "credentials", "credentials_file")
        if self.type.strip().lower() == "basic":
            raise mistaken("the type basic", "basic_auth instead of authorization", "type")
        return self


class ProxySection(Section):
    """Which proxy is used."""

    proxy_url: ProxyUrl = ""
    """The proxy: http, https, socks5 or socks5h; may hold credentials."""
    no_proxy: Text = ""
    """Hosts, domains and networks that are asked without it, with commas between."""
    proxy_from_environment: Flag = False
    """The proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name."""
    proxy_connect_header: Annotated[dict[Text, tuple[Hidden, ...]], Field(default_factory=dict)]
    """Headers for the proxy, when a tunnel is asked for."""

    @model_validator(mode="after")
    def _one_proxy(self) -> Self:
        if self.proxy_from_environment and (self.proxy_url or self.no_proxy):
            raise mistaken("proxy_from_environment beside proxy_url or no_proxy", "one way to name the proxy")
        if self.no_proxy and not self.proxy_url:
            raise mistaken("no_proxy without a proxy", "proxy_url beside it", "no_proxy")
        if self.proxy_connect_header and not (self.proxy_url or self.proxy_from_environment):
            raise mistaken("headers for no proxy", "proxy_url beside them", "proxy_connect_header")
        return self


class OAuth2(ProxySection):
    """A token that is fetched with the credentials of a client."""

    client_id: Text = ""
    """Who asks."""
    client_secret: Hidden = None
    """Its secret."""
    client_secret_file: Text = ""
    """Its secret, read from a file at every probe."""
    scopes: Texts
    """What the token is to be good for."""
    token_url: Text = ""
    """Where it is asked for."""
    endpoint_params: TextMap
    """What else is sent along."""
    tls_config: TlsConfig = Field(default_factory=TlsConfig)
    """TLS towards `token_url`."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        at_most_one(self, "client_secret", "client_secret_file")
        if not self.client_id:
            raise mistaken("no client_id", "the key client_id")
        if not self.token_url:
            raise mistaken("no token_url", "the key token_url, for example https://login.example.org/token")
        return self


class HeaderValues(Section):
    """The values of one header."""

    values: Texts
    """Values that may be shown."""
    secrets: Annotated[tuple[Hidden, ...], Field(default=())]
    """Values that may not."""
    files: Texts
    """Files that hold values, read at every probe."""


def _allowed(value: dict[str, HeaderValues]) -> dict[str, HeaderValues]:
    for name in value:
        if name.lower() in RESERVED:
            raise mistaken(f"the header {name}", "a header that is not set by other keys", name)
    return value


class ClientConfig(ProxySection):
    """An HTTP client: credentials, TLS, redirects, proxy."""

    basic_auth: BasicAuth | None = None
    """User and password."""
    authorization: Authorization | None = None
    """What the header Authorization says; instead of `basic_auth`."""
    oauth2: OAuth2 | None = None
    """A token that is fetched first; instead of `basic_auth`."""
    bearer_token: Hidden = None
    """A bearer token; the older way to write `authorization`."""
    bearer_token_file: Text = ""
    """A file that holds it."""
    tls_config: TlsConfig = Field(default_factory=TlsConfig)
    """TLS towards the target."""
    follow_redirects: Flag = True
    """Whether redirects are followed, up to ten."""
    enable_http2: Flag = True
    """Whether HTTP/2 is spoken where the server knows it."""
    http_headers: Annotated[dict[Text, HeaderValues], AfterValidator(_allowed), Field(default_factory=dict)]
    """More headers, some of them secret."""

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        at_most_one(self, "bearer_token", "bearer_token_file")
        at_most_one(self, "basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file")
        return self
