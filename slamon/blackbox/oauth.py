"""OAuth2: a token for the credentials of a client, fetched at every probe."""

import json
from base64 import b64encode
from urllib.parse import quote_plus, urlencode, urlsplit

from slamon.blackbox.fetch import Ask, Got, fetch
from slamon.blackbox.hosts import dns_name
from slamon.blackbox.material import contents, material
from slamon.blackbox.proxies import Choice, connect_lines
from slamon.blackbox.run import Run
from slamon.catalogue.blackbox.client import OAuth2
from slamon.catalogue.probe_options import IpFamily
from slamon.probes.course import Failure
from slamon.probes.redirects import Place
from slamon.probes.transfer import Handle

LARGEST = 64 * 1024
FORM = ("Content-Type", "application/x-www-form-urlencoded")


async def token(options: OAuth2, run: Run, handle: Handle) -> str:
    """What the header Authorization is to say. Raises Failed.

    The credentials go into the header first, and into the form where the server does not take them so.
    """
    secret = options.client_secret.reveal() if options.client_secret is not None else ""
    if options.client_secret_file:
        [data] = await contents([("client_secret_file", options.client_secret_file)])
        secret = data.decode("utf-8", "replace").strip()
    form = {"grant_type": "client_credentials"}
    if options.scopes:
        form["scope"] = " ".join(options.scopes)
    form |= dict(options.endpoint_params)
    pair = f"{quote_plus(options.client_id)}:{quote_plus(secret)}"
    login = ("Authorization", f"Basic {b64encode(pair.encode()).decode('ascii')}")
    got = await _post(options, run, handle, form, (FORM, login))
    if not _fine(got):
        more = {"client_id": options.client_id, "client_secret": secret}
        got = await _post(options, run, handle, form | more, (FORM,))
    if not _fine(got):
        why = got.failure.message if got.failure is not None else f"status {got.status}"
        raise run.failed("no token was given", why=why)
    return _header(run, got)


def _fine(got: Got) -> bool:
    return 200 <= got.status < 300 and got.failure is None


def _header(run: Run, got: Got) -> str:
    try:
        said = json.loads(got.body)
        word, kind = str(said["access_token"]), str(said.get("token_type") or "bearer")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise run.failed("the answer to the request for a token holds none") from None
    known = {"bearer": "Bearer", "mac": "MAC", "basic": "Basic"}
    if not word or any(character in word + kind for character in "\r\n\0"):
        raise run.failed("the answer to the request for a token holds none")
    return f"{known.get(kind.lower(), kind)} {word}"


async def _post(
    options: OAuth2, run: Run, handle: Handle, form: dict[str, str], headers: tuple[tuple[str, str], ...]
) -> Got:
    """The token's place is the operator's own word: it is not limited as targets are."""
    try:
        place = Place.of(options.token_url)
    except ValueError:
        raise run.failed("token_url is no URL of http or https") from None
    proxy = Choice.of(options).url(place)
    host = place.host if proxy is None else dns_name(urlsplit(proxy).hostname or "")
    try:
        found = await run.hosts.addresses(host, IpFamily.ANY, run.deadline)
    except Failure as failure:
        what = "the place of the token was not found" if proxy is None else "the token's proxy was not found"
        raise run.failed(what, why=failure.message) from None
    addresses, proxy_at = (found, ()) if proxy is None else ((), found)
    ask = Ask(
        place, urlsplit(options.token_url).netloc.rpartition("@")[2],
        options.tls_config.server_name or place.host, addresses, "POST", headers, urlencode(form).encode(), "auto",
        proxy, proxy_at, connect_lines(options), LARGEST, True,
    )  # fmt: skip
    return await fetch(handle, ask, await material(options.tls_config), run.context, run.deadline, lambda *_: False)
