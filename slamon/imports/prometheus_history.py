"""History from any engine with Prometheus' interface: the samples as they were taken, with their own times."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests

from slamon.accounting import Verdict
from slamon.errors import SlamonError, UsageError
from slamon.imports.histories import Result, Series

MOST_BYTES = 512 * 2**20
TIMEOUT_S = 300
_PIECE = 1 << 20


class PrometheusHistory:
    """A `Source`: range selectors give raw samples, so that times are exact and gaps stay gaps."""

    def __init__(self, url: str, query: str, step_ms: int | None, token: str | None) -> None:
        """`step_ms`: for expressions, which have no samples of their own; None: the query is a selector."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise UsageError("--url: expected the engine's url without credentials, for example http://127.0.0.1:9090")
        self._api = f"{url.rstrip('/')}/api/v1/"
        self._query, self._step_ms, self._token = query.strip(), step_ms, token
        step = "" if step_ms is None else f" every {step_ms} ms"
        self.words = f"Prometheus at {parts.netloc}{parts.path.rstrip('/')}: {self._query}{step}"[:500]

    def span(self) -> tuple[int, int] | None:
        """See `Source`: an engine is not asked how old it is."""
        return None

    def remarks(self) -> Sequence[str]:
        """See `Source`."""
        return ()

    def series(self, start: int, end: int) -> Iterator[Series]:
        """See `Source`. A window is open at its start in new engines and closed in old ones: a ms more, then cut."""
        if self._step_ms is None:
            found = self._ask("query", query=f"{self._query}[{end - start}ms]", time=_seconds(end - 1))
        else:
            first = -(-start // self._step_ms) * self._step_ms
            if first >= end:
                return
            step = _seconds(self._step_ms)
            found = self._ask("query_range", query=self._query, start=_seconds(first), end=_seconds(end - 1), step=step)
        for one in found:
            results = [result for at, text in one.get("values", ()) if (result := _result(at, text)) is not None]
            inside = [result for result in results if start <= result.at < end]
            if inside:
                yield Series({str(k): str(v) for k, v in one.get("metric", {}).items()}, inside)

    def _ask(self, path: str, **form: str) -> list[Mapping[str, Any]]:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        try:
            with requests.post(
                self._api + path, data=form, headers=headers, timeout=TIMEOUT_S, stream=True, allow_redirects=False
            ) as answer:
                value = json.loads(_body(answer))
                status = answer.status_code
        except (requests.RequestException, OSError) as error:
            raise SlamonError(f"the engine does not answer ({type(error).__name__}): run it again to go on") from None
        except (ValueError, RecursionError):
            raise SlamonError("the engine's answer is no JSON: is --url that of an engine?") from None
        return self._found(value, status)

    def _found(self, value: Any, status: int) -> list[Mapping[str, Any]]:
        if not isinstance(value, dict) or value.get("status") != "success":
            said = str(value.get("error"))[:300] if isinstance(value, dict) else ""
            hint = "; for an expression give --step" if self._step_ms is None and status in (400, 422) else ""
            raise UsageError(f"the engine refuses the query (status {status}): {said}{hint}")
        data = value.get("data")
        if not isinstance(data, dict) or data.get("resultType") != "matrix" or not isinstance(data.get("result"), list):
            raise UsageError("the engine gives no samples: ask a selector such as probe_success, or give --step")
        return [one for one in data["result"] if isinstance(one, dict)]


def _body(answer: requests.Response) -> bytes:
    raw = bytearray()
    for piece in answer.iter_content(_PIECE):
        raw += piece
        if len(raw) > MOST_BYTES:
            raise UsageError(f"a chunk of more than {MOST_BYTES} bytes: ask for shorter ones by --chunk")
    return bytes(raw)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


def _result(at: object, text: object) -> Result | None:
    """0 is down, any other number up; what is no number says nothing."""
    try:
        value, moment = float(str(text)), round(float(str(at)) * 1000)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(value) else Result(moment, Verdict.UP if value else Verdict.DOWN)
