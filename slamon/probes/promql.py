"""promql: the value of an instant query against bounds.

The engine is no part of what is probed: where it cannot be reached, refuses, or answers in part, *we* could not probe.
A query that gives nothing leaves the service unknown. So only a value makes an observation.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.promql import API, PromqlOptions
from slamon.catalogue.probe_options import MIB, HttpOptions
from slamon.catalogue.secret import Secret
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, Mask
from slamon.probes.exchange import Exchanges
from slamon.probes.expect import Answer
from slamon.probes.http import LONG_BODY, first_hop, secrets_of
from slamon.probes.outcome import NothingFoundError, Outcome, ProbeNotRunError, Reason
from slamon.probes.promql_answer import MalformedError, Series, read
from slamon.probes.redirects import Hop
from slamon.probes.transfer import Handle

MOST_BODY = MIB
"""So much of an answer is read."""

FORM = "application/x-www-form-urlencoded"
_BADNESS = {Verdict.UP: 0, Verdict.DEGRADED: 1, Verdict.DOWN: 2}
Judged = tuple[Verdict, Series]


class PromqlProbe:
    """A promql check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: PromqlOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        request = _request(options)
        self._mask = Mask(secrets_of(request))
        self._hop = first_hop(request)
        self._exchanges = Exchanges(request, self._hop.place, context, keep_body=True)
        self._idle: list[Handle] = []

    async def __call__(self, deadline: float) -> Outcome:
        """Ask once. ProbeNotRunError when the engine gave no whole answer, NothingFoundError when it has no value."""
        course = Course()
        handle = self._idle.pop() if self._idle else self._context.transfers.handle()
        try:
            answer = await self._exchanges.run(handle, self._question(deadline), course, deadline)
            series = await self._read(answer)
        except Failure as failure:
            raise ProbeNotRunError(f"the engine did not answer: {self._mask.hidden(failure.message)}") from None
        handle.start_over()
        self._idle.append(handle)
        return self._judged(series, course)

    def _question(self, deadline: float) -> Hop:
        left_ms = max(1, int((deadline - asyncio.get_running_loop().time()) * 1000))
        form = {"query": self._options.query, "timeout": f"{left_ms}ms"}
        if self._options.lag:
            form["time"] = f"{(self._context.clock.now() - self._options.lag) / 1000:.3f}"
        return replace(self._hop, body=urlencode(form).encode())

    async def _read(self, answer: Answer) -> list[Series]:
        """Long answers in a thread. An error's status is not looked at where the body says more."""
        if answer.cut:
            raise ProbeNotRunError("the engine's answer is longer than 1 MiB; let the query give fewer series")
        try:
            if len(answer.body) <= LONG_BODY:
                found = read(answer.body)
            else:
                found = await asyncio.to_thread(read, answer.body)
        except MalformedError as error:
            status = "" if answer.status == 200 else f" ({answer.status})"
            raise ProbeNotRunError(f"what answered{status} is no engine with Prometheus' interface: {error}") from None
        except RuntimeError:
            raise ProbeNotRunError("no thread can be started to read the answer") from None
        except ProbeNotRunError as error:
            raise ProbeNotRunError(self._mask.shown(str(error))) from None
        if answer.status != 200:
            raise ProbeNotRunError(f"the engine answered {answer.status}")
        return found

    def _judged(self, series: Sequence[Series], course: Course) -> Outcome:
        if len(series) > 1 and self._options.series == "one":
            raise ProbeNotRunError(
                f"the query gives {len(series)} series; say series: all or any, or let it give one, as min() does"
            )
        verdict, told = self._telling(series)
        course.details |= {
            "query": self._options.query,
            "expected": self._expected(),
            **dict(self._found(series, told)),
        }
        reason, message = None, ""
        if verdict is not Verdict.UP:
            reason, message = Reason.VALUE, self._sentence(verdict, told, len(series))
        return Outcome(
            verdict,
            course.duration_us,
            reason,
            message,
            course.phases,
            address=course.address,
            details=course.details,
        )

    def _telling(self, series: Sequence[Series]) -> Judged:
        """The verdict and the series that makes it; what is not known may hide a worse one, or with `any` a better."""
        if not series:
            raise NothingFoundError("the query gives no series")
        known = [(self._verdict(one.value), one) for one in series if one.value is not None]
        unknown = next((one for one in series if one.value is None), None)
        wanted = Verdict.UP if self._options.series == "any" else Verdict.DOWN
        choose = min if self._options.series == "any" else max
        best = choose(known, key=lambda judged: _BADNESS[judged[0]], default=None)
        if best is None or (unknown is not None and best[0] is not wanted):
            whose = f" of {self._mask.shown(unknown.labels)}" if unknown is not None and unknown.labels else ""
            raise NothingFoundError(f"the value{whose} is NaN")
        return best

    def _verdict(self, value: float) -> Verdict:
        if self._options.up.hold(value):
            return Verdict.UP
        degraded = self._options.degraded
        return Verdict.DEGRADED if degraded is not None and degraded.hold(value) else Verdict.DOWN

    def _sentence(self, verdict: Verdict, told: Series, count: int) -> str:
        assert told.value is not None
        whose = self._mask.shown(told.labels) if count > 1 and told.labels else "the value"
        among = f", the best of {count} series" if self._options.series == "any" and count > 1 else ""
        degraded = self._options.degraded
        or_degraded = f" (degraded: {degraded})" if degraded is not None and verdict is Verdict.DOWN else ""
        return f"{whose} is {told.value:.15g}{among}, expected {self._options.up}{or_degraded}"

    def _expected(self) -> str:
        """The bounds in words."""
        degraded = self._options.degraded
        return f"{self._options.up}" + (f"; degraded: {degraded}" if degraded is not None else "")

    def _found(self, series: Sequence[Series], told: Series) -> Iterator[tuple[str, str]]:
        yield "value", f"{told.value:.15g}"
        if told.labels:
            yield "of", self._mask.shown(told.labels)
        if self._options.series != "one":
            yield "series", str(len(series))


def _request(options: PromqlOptions) -> HttpOptions:
    """The request as http knows it; the query is put in for each probe."""
    parts = urlsplit(options.url)
    url = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + API, parts.query, ""))
    headers = {name: values for name, values in options.headers.items() if name.lower() != "content-type"}
    return HttpOptions(
        url=url,
        method="POST",
        headers={**headers, "Content-Type": (Secret(FORM),)},
        body=None,
        basic_auth=options.basic_auth,
        bearer=options.bearer,
        follow_redirects=0,
        proxy=options.proxy,
        ip_family=options.ip_family,
        resolver=options.resolver,
        tls=options.tls,
        body_limit=f"{MOST_BODY}B",  # type: ignore[arg-type]  # a size as written
    )
