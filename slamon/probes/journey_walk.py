"""One journey under way: step after step, in its thread."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode, urljoin

import requests

from slamon import __version__
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.journey import PLACEHOLDER, JourneyOptions, JourneyStep
from slamon.catalogue.probe_options import Headers, HttpExpect
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, Mask
from slamon.probes.expect import Answer, Expectations, final_headers
from slamon.probes.http import PLAIN, values_of
from slamon.probes.journey_line import US, Line
from slamon.probes.journey_session import Session, Way
from slamon.probes.journey_values import Captured, filled, in_json, in_url
from slamon.probes.outcome import Outcome, Reason
from slamon.probes.redirects import FOLLOWED, Hop, Place, following

FORM = "application/x-www-form-urlencoded"
CARRIES = 307
"""The redirect that keeps method and body: a captured url is one of them where it leads elsewhere."""


class Walk:
    """The state of one journey: cookies, captured values, what must not be shown. For one thread, once."""

    def __init__(
        self,
        options: JourneyOptions,
        context: ProbeContext,
        line: Line,
        known: Sequence[Place],
        secrets: Sequence[str],
        deadline: float,
    ) -> None:
        """`known`: the hosts that the catalogue names, the journey's own first; `deadline` is monotonic seconds."""
        self._options = options
        self._clock = context.clock
        self._home, self._known = known[0], known
        self._deadline = deadline
        self._mask = Mask(secrets)
        self._values: dict[str, str] = {}
        self._way = Way(options, context, line, self._home)
        self._here = self._home
        self.ran_out = False

    def whole(self) -> Outcome:
        """All steps, up to the first that fails."""
        total, worse = Course(), None
        with Session(self._way) as session:
            for number, step in enumerate(self._options.steps, 1):
                course = self._way.course = Course()
                title = f"step {number} '{step.name}'"
                try:
                    outcome = self._timed(session, step, course, total, title)
                except Failure as failure:
                    return total.down(Failure(failure.reason, f"{title}: {self._mask.hidden(failure.message)}"))
                if outcome.verdict is not Verdict.UP and worse is None and outcome.reason is not None:
                    worse = Failure(outcome.reason, f"{title}: {outcome.message}")
        expect, now_s = self._options.expect, self._clock.now() // 1000
        end = total.answered(expect.degraded_over, expect.certificate_days, now_s)
        if worse is None or end.verdict is Verdict.DOWN:
            return end
        return total.degraded(worse)

    def _timed(self, session: Session, step: JourneyStep, course: Course, total: Course, title: str) -> Outcome:
        """One step, its time as a phase; degraded perhaps, never down: that raises Failure."""
        begun = self._clock.monotonic()
        own = begun + step.timeout / 1000 if step.timeout is not None else self._deadline
        self._way.deadline = min(own, self._deadline)
        said: list[str] = []
        try:
            self._made(session, step, said)
        except Failure:
            self.ran_out = self._clock.monotonic() >= self._deadline
            raise
        finally:
            course.duration_us = int((self._clock.monotonic() - begun) * US)
            total.duration_us += course.duration_us
            total.add(step.name, course.duration_us)
            total.expires(course.certificate_expiry)
            total.address = course.address or total.address
            total.details[title] = self._told(step, said, course)
        outcome = course.answered(step.expect.degraded_over, step.expect.certificate_days, self._clock.now() // 1000)
        if outcome.verdict is Verdict.DOWN:
            raise Failure(outcome.reason or Reason.CERTIFICATE, outcome.message)
        return outcome

    def _made(self, session: Session, step: JourneyStep, said: list[str]) -> None:
        """Ask, follow redirects, judge, capture."""
        expectations = Expectations(step.expect, self._mask)
        hop = self._request(step)
        for followed in range(step.follow_redirects + 1):
            answer = self._exchanged(session, hop)
            said.append(str(answer.status))
            location = _location(answer, step, expectations)
            if location is None:
                break
            if followed == step.follow_redirects:
                most = step.follow_redirects
                raise Failure(Reason.REDIRECT, f"more than {most} redirect{'' if most == 1 else 's'}")
            hop = following(hop, answer.status, location)
        self._here = hop.place
        expectations.judge(answer)
        for name, source in step.capture.items():
            value = Captured.of(name, source).of_answer(answer, session.cookies)
            self._values[name] = value
            self._mask.also((value,))

    def _exchanged(self, session: Session, hop: Hop) -> Answer:
        """One request and its answer."""
        if self._clock.monotonic() >= self._way.deadline:
            raise Failure(Reason.TIMEOUT, f"no time was left to ask {hop.place.whom}")
        headers, cookies = self._headers(hop)
        request = requests.Request(hop.method, hop.place.url, headers=headers, data=hop.body)
        response, body, cut = session.exchanged(request, cookies, hop.place.whom)
        session.cookies_bounded()
        self._mask.also(cookie.value for cookie in session.cookies if cookie.value)
        lines = [f"{name}: {value}".encode("latin-1", "replace") for name, value in response.raw.headers.items()]
        return Answer(response.status_code, lines, body, response.headers.get("Content-Type", ""), cut)

    def _headers(self, hop: Hop) -> tuple[dict[str, str], str]:
        """The headers as requests takes them, and cookies of the catalogue's own apart."""
        lines = list(hop.headers)
        if hop.trusted and hop.place.same_host(self._home):
            lines += self._lines(self._options.headers)
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            known = next((one for one in headers if one.lower() == name.lower()), name)
            joint = "; " if name.lower() == "cookie" else ", "
            headers[known] = f"{headers[known]}{joint}{value}" if known in headers else value
        if not any(name.lower() == "user-agent" for name in headers):
            headers["User-Agent"] = f"slamon/{__version__}"
        cookie = next((name for name in headers if name.lower() == "cookie"), None)
        return headers, headers.pop(cookie) if cookie is not None else ""

    def _request(self, step: JourneyStep) -> Hop:
        """The step's request, captured values put in."""
        body, content_type = self._body(step)
        method = step.method or ("GET" if body is None else "POST")
        lines = [*self._lines(step.headers), *self._credentials(step)]
        if content_type and not any(line.lower().startswith("content-type:") for line in lines):
            lines.append(f"Content-Type: {content_type}")
        captured = PLACEHOLDER.fullmatch(step.url)
        if captured is None:
            place = _place(urljoin(self._home.url, filled(step.url, self._values, in_url)))
            return Hop(place, method, tuple(lines), body)
        return self._led(self._values[captured[1]], Hop(self._here, method, tuple(lines), body))

    def _led(self, url: str, hop: Hop) -> Hop:
        """To a captured url, from the page it stood on; to a host that is none of ours nothing of ours goes."""
        text = url.strip().encode()
        bare = following(Hop(hop.place, hop.method, ()), CARRIES, text)
        if any(bare.place.same_host(known) or known.same_host(bare.place) for known in self._known):
            return Hop(bare.place, hop.method, hop.headers, hop.body)
        if hop.body is not None:
            whom = bare.place.whom
            raise Failure(Reason.REDIRECT, f"the captured url leads to {whom}, which is not to get the body")
        return Hop(bare.place, hop.method, (), trusted=False)

    def _body(self, step: JourneyStep) -> tuple[bytes | None, str]:
        if step.form:
            fields = {name: filled(value.reveal(), self._values) for name, value in step.form.items()}
            return urlencode(fields).encode(), FORM
        if step.json_ is not None:
            return filled(step.json_.reveal(), self._values, in_json).encode("utf-8", "replace"), "application/json"
        if step.body is not None:
            return filled(step.body.reveal(), self._values).encode("utf-8", "replace"), ""
        return None, ""

    def _lines(self, headers: Headers) -> Iterator[str]:
        for name, values in headers.items():
            for value in values:
                yield f"{name}: {_sound(name, filled(value.reveal(), self._values))}"

    def _credentials(self, step: JourneyStep) -> Iterator[str]:
        if step.basic_auth is not None:
            password = filled(step.basic_auth.password.reveal(), self._values)
            token = b64encode(f"{step.basic_auth.username}:{password}".encode()).decode("ascii")
            self._mask.also((password, token))
            yield f"Authorization: Basic {token}"
        elif step.bearer is not None:
            yield f"Authorization: Bearer {_sound('Authorization', filled(step.bearer.reveal(), self._values))}"

    def _told(self, step: JourneyStep, said: Sequence[str], course: Course) -> str:
        """What was asked, what came, and what was expected; values stand as their names."""
        sent = step.form or step.json_ or step.body
        method = step.method or ("POST" if sent else "GET")
        came = " then ".join(said) or "no answer"
        times = ", ".join(f"{name} {spent / 1000:.1f} ms" for name, spent in course.phases.items())
        expected = "; ".join(_expected(step.expect, self._mask))
        captured = f"; carried on: {', '.join(step.capture)}" if step.capture else ""
        return f"{method} {step.url}: {came} ({times}); expected: {expected}{captured}"


def _place(url: str) -> Place:
    try:
        return Place.of(url)
    except ValueError:
        raise Failure(Reason.REDIRECT, "the url is none") from None


def _location(answer: Answer, step: JourneyStep, expectations: Expectations) -> bytes | None:
    """Where to go on, if the answer says so and it is to be followed."""
    if answer.status not in FOLLOWED or not step.follow_redirects or expectations.asks_for(answer.status):
        return None
    return next((value for name, value in final_headers(answer.headers) if name == b"location"), None)


def _sound(name: str, value: str) -> str:
    """A header's value as http.client takes it: UTF-8 in the bytes of latin-1."""
    value = value.strip()
    if any(character in value for character in "\r\n\0"):
        raise Failure(Reason.CAPTURE, f"a captured value has a line break and does not fit into the header {name}")
    return value.encode("utf-8", "replace").decode("latin-1")


def _expected(expect: HttpExpect, mask: Mask) -> Iterator[str]:
    yield f"status {', '.join(expect.status)}"
    for key in ("body_contains", "body_matches", "body_not_matches"):
        values: Sequence[str] = getattr(expect, key)
        if values:
            yield f"{key} {', '.join(mask.shown(value) for value in values)}"
    if expect.headers:
        yield f"headers {', '.join(expect.headers)}"
    if expect.json_:
        yield f"json {', '.join(one.path for one in expect.json_)}"


def secrets_of(options: JourneyOptions) -> Iterator[str]:
    """All that must not stand in a sentence, should a server echo it."""
    yield from _in_headers(options.headers)
    if options.proxy is not None:
        yield options.proxy.reveal()
    for step in options.steps:
        yield from _in_headers(step.headers)
        yield from (value.reveal() for value in step.form.values())
        for secret in (step.json_, step.body):
            if secret is not None:
                yield from (secret.reveal(), *values_of(secret.reveal()))
        if step.bearer is not None:
            yield step.bearer.reveal()
        if step.basic_auth is not None:
            yield step.basic_auth.password.reveal()


def _in_headers(headers: Headers) -> Iterator[str]:
    for name, values in headers.items():
        if name.lower() not in PLAIN:
            for value in values:
                yield from (value.reveal(), *value.reveal().replace(";", " ").replace("=", " ").split())
