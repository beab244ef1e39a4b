"""Ask for a list of targets by http: one deadline over everything, bounded in size; blocks, so call it in a thread."""

import time
from collections.abc import Sequence

import requests

from slamon.catalogue.access import HttpAccess
from slamon.catalogue.discovery.lists import MOST_BYTES, BadList, Group, parsed
from slamon.catalogue.discovery.models import HttpSd

REFRESH = "X-Prometheus-Refresh-Interval-Seconds"
_PIECE = 65_536


class Credentials(requests.auth.AuthBase):
    """The credentials of what is asked. requests takes them away on a redirect to another host."""

    def __init__(self, source: HttpAccess) -> None:
        self._source = source

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        source = self._source
        if source.bearer is not None:
            request.headers["Authorization"] = f"Bearer {source.bearer.reveal()}"
        elif source.username is not None and source.password is not None:
            requests.auth.HTTPBasicAuth(source.username, source.password.reveal())(request)
        return request


def asked(source: HttpSd) -> Sequence[Group]:
    """The groups that a source lists now. Raises BadList."""
    end = time.monotonic() + source.timeout / 1000
    headers = {REFRESH: f"{source.refresh_interval / 1000:g}", "Accept": "application/json"}
    with requests.Session() as session:
        session.trust_env = False
        session.max_redirects = 5
        try:
            answer = session.get(
                source.url,
                headers=headers,
                auth=Credentials(source),
                timeout=source.timeout / 1000,
                stream=True,
                verify=source.ca_file if source.ca_file is not None else True,
            )
            if answer.status_code != 200:
                raise BadList(f"status {answer.status_code}, expected 200")
            return parsed(_body(answer, end), json_only=True)
        except requests.Timeout:
            raise BadList(f"no answer within {source.timeout} ms") from None
        except (requests.RequestException, OSError, ValueError) as error:
            raise error if isinstance(error, BadList) else BadList(words_of(error)) from None


def _body(answer: requests.Response, end: float) -> bytes:
    raw = bytearray()
    while piece := answer.raw.read1(_PIECE, decode_content=True):
        raw += piece
        if len(raw) > MOST_BYTES:
            raise BadList(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > end:
            raise requests.Timeout
    return bytes(raw)


def words_of(error: Exception) -> str:
    """What failed, without the url: its query may hold what is not to be shown."""
    cause: BaseException = error
    while cause.__cause__ is not None or cause.__context__ is not None:
        cause = cause.__cause__ or cause.__context__ or cause
    said = getattr(cause, "strerror", None) or getattr(cause, "verify_message", None) or type(cause).__name__
    return str(said)[:200]
