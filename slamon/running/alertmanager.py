"""Ask and tell an Alertmanager, by the second version of its interface; blocks, so call it in a thread.

Everything is bounded in time and size. Silences that we did not make, or that somebody has changed since, are left
alone.
"""

import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import requests

from slamon.catalogue.instance import Alertmanager
from slamon.errors import SlamonError
from slamon.export.silences import TURN_S, Silence, Synced, read
from slamon.running.asking import Credentials, words_of

MOST_BYTES = 64 * 1024 * 1024
_PIECE = 65_536


class NotTold(SlamonError):
    """Alertmanager could not be asked or told; the message says why, without credentials."""


class Api:
    """An Alertmanager. Use it as a context: it keeps a connection."""

    def __init__(self, known: Alertmanager) -> None:
        self._known = known
        self._base = f"{known.url.rstrip('/')}/api/v2"
        self._end = time.monotonic() + TURN_S
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = Credentials(known)
        self._session.verify = known.ca_file if known.ca_file is not None else True

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._session.close()

    def get(self, path: str) -> Any:
        """What it answers. Raises NotTold."""
        return self._asked("GET", path, None)

    def silences(self) -> list[dict[str, Any]]:
        """Its silences that hold or will. Raises NotTold."""
        try:
            return [one for one in self.get("silences") if one["status"]["state"] != "expired"]
        except (KeyError, TypeError) as error:
            raise NotTold(f"alertmanager: its silences cannot be read ({type(error).__name__}: {error})") from None

    def put(self, silence: dict[str, Any]) -> None:
        """Make a silence. Raises NotTold."""
        self._asked("POST", "silences", silence)

    def end(self, silence: str) -> None:
        """End a silence now. Raises NotTold."""
        self._asked("DELETE", f"silence/{quote(silence, safe='')}", None)

    def _asked(self, method: str, path: str, body: Any) -> Any:
        within = min(self._known.timeout / 1000, self._end - time.monotonic())
        if within <= 0:
            raise NotTold(f"alertmanager: not done within {TURN_S:g} s")
        try:
            with self._session.request(
                method, f"{self._base}/{path}", json=body, timeout=within, stream=True, allow_redirects=False
            ) as answer:
                said = _body(answer, time.monotonic() + within)
                if answer.status_code != 200:
                    raise _Refused(f"status {answer.status_code}: {said[:200].decode(errors='replace')!r}")
            return json.loads(said) if said else None
        except requests.Timeout:
            raise NotTold(f"alertmanager: no answer within {within:.3g} s") from None
        except (requests.RequestException, OSError, ValueError, RecursionError) as error:
            raise NotTold(f"alertmanager: {words_of(error)}") from None


class _Refused(NotTold):
    """It answered, and said no."""


def _body(answer: requests.Response, end: float) -> bytes:
    raw = bytearray()
    while piece := answer.raw.read1(_PIECE, decode_content=True):
        raw += piece
        if len(raw) > MOST_BYTES:
            raise NotTold(f"alertmanager: an answer of more than {MOST_BYTES} bytes")
        if time.monotonic() > end:
            raise requests.Timeout
    return bytes(raw)


def sync(known: Alertmanager, wanted: Sequence[Silence], now: int) -> Synced:
    """Make the silences that are missing, end those of ours that are not wanted (any more). Raises NotTold.

    One that it refuses does not keep it from the others.
    """
    with Api(known) as api:
        there = _ours(api, known.author)
        keys = {one.key for one in wanted}
        missing = [one for one in wanted if one.key not in there and one.end > now]
        over = [(one, id_) for one, ids in there.items() for i, id_ in enumerate(ids) if one not in keys or i]
        made: list[Silence] = []
        ended: list[Silence] = []
        refused: list[str] = []
        for one in missing:
            try:
                api.put(one.written(known.author))
                made.append(one)
            except _Refused as error:
                refused.append(f"{one.service}: {error}")
        for one, id_ in over:
            try:
                api.end(id_)
                ended.append(one)
            except _Refused as error:
                refused.append(f"{one.service}: {error}")
    return Synced(made, ended, refused)


def compared(known: Alertmanager, wanted: Sequence[Silence]) -> Synced:
    """What `sync` would change. Raises NotTold."""
    with Api(known) as api:
        there = _ours(api, known.author)
    keys = {one.key for one in wanted}
    return Synced([one for one in wanted if one.key not in there], [one for one in there if one not in keys])


def quiet(known: Alertmanager) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The alerts of ours that are silenced now, and the silences there. Raises NotTold."""
    with Api(known) as api:
        found = api.get('alerts?active=false&inhibited=false&silenced=true&filter=alertname%3D~"Slamon.%2B"')
        there = api.silences() if found else []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in (*found, *there)):
        raise NotTold("alertmanager: its alerts cannot be read")
    return found, there


def _ours(api: Api, author: str) -> dict[Silence, list[str]]:
    """Our silences that hold or will, each with its ids there: more than one where two made it at the same time."""
    found: dict[Silence, list[str]] = {}
    try:
        for one in sorted(api.silences(), key=lambda silence: str(silence["id"])):
            ours = read(one, author)
            if ours is not None:
                found.setdefault(ours, []).append(str(one["id"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotTold(f"alertmanager: its silences cannot be read ({type(error).__name__}: {error})") from None
    return found
