"""icmp: echo requests, as ping sends them, without a thread and without root.

`IcmpProbe.__call__` is the way of one probe: resolve, find the address that answers, send, wait, judge.
"""

import asyncio
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from slamon.catalogue.kinds.icmp import IcmpOptions
from slamon.catalogue.probe_options import IpFamily
from slamon.clock import Clock
from slamon.probes.connecting import STAGGER_S, interleaved
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, seconds
from slamon.probes.echo_errors import told, unsent
from slamon.probes.echo_socket import EchoSocket, Manner, Refusal, Reply
from slamon.probes.hosts import Host
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason

US = 1_000_000


class IcmpProbe:
    """An icmp check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: IcmpOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        family, source = options.ip_family, options.source_address
        if source is not None:
            family = IpFamily.V6 if ":" in source else IpFamily.V4
        self._host = Host(options.address, family, options.resolver, context)
        self._manner = Manner(options.payload_size, options.ttl, options.do_not_fragment, source)

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course = Course()
        try:
            addresses = await self._host.addresses(course, deadline)
        except Failure as failure:
            course.duration_us = sum(course.phases.values())
            return course.down(failure)
        return await self._asked(course, addresses, deadline)

    async def _asked(self, course: Course, addresses: Sequence[str], deadline: float) -> Outcome:
        clock = self._context.clock
        begun, tries = clock.monotonic(), Tries(self._options, self._manner, clock)
        try:
            echoes = await tries.run(addresses, deadline)
        except Failure as failure:
            course.duration_us = int((clock.monotonic() - begun) * US)
            course.add("processing", course.duration_us)
            return course.down(failure)
        finally:
            tries.end()
        return self._judged(course, echoes, clock.monotonic() - begun)

    def _judged(self, course: Course, echoes: "Echoes", waited: float) -> Outcome:
        expect, sent, lost = self._options.expect, echoes.sent, echoes.lost
        course.address = echoes.address
        course.details.update(echoes.details())
        course.duration_us = int((echoes.mean if echoes.answered else waited) * US)
        course.add("processing", course.duration_us)
        if not echoes.answered:
            whom = self._options.address
            packets = "the echo request" if sent == 1 else f"any of {sent} echo requests"
            silent = Failure(Reason.TIMEOUT, f"{whom} did not answer {packets} within {seconds(waited)}")
            return course.down(echoes.failure or silent)
        if Fraction(lost, sent) >= expect.loss_below:
            return course.down(self._lossy(echoes))
        return course.answered(expect.degraded_over, None, 0)

    def _lossy(self, echoes: "Echoes") -> Failure:
        share, limit = percent(echoes.lost, echoes.sent), float(self._options.expect.loss_below * 100)
        sentence = f"{echoes.lost} of {echoes.sent} packets to {self._options.address} were lost ({share})"
        why = f"; {echoes.failure.message}" if echoes.failure is not None else ""
        return Failure(Reason.LOSS, f"{sentence}, not less than {limit:g}%{why}")


class Tries:
    """The addresses of one probe: the first that answers gets all packets."""

    def __init__(self, options: IcmpOptions, manner: Manner, clock: Clock) -> None:
        self._options = options
        self._manner = manner
        self._clock = clock
        self._news = asyncio.Event()
        self._tried: list[Echoes] = []
        self._errors: list[Failure | ProbeNotRunError] = []

    async def run(self, addresses: Sequence[str], deadline: float) -> "Echoes":
        """Send and wait until all is answered, or the deadline. Raises Failure and ProbeNotRunError."""
        loop = asyncio.get_running_loop()
        await self._first_packets(interleaved(addresses), deadline)
        more = self._options.count - 1
        pause = min(self._options.interval / 1000, max(0.0, deadline - loop.time()) / 2 / max(1, more))
        begun = loop.time()
        for number in range(more):
            await asyncio.sleep(begun + (number + 1) * pause - loop.time())
            for echoes in self._in_question():
                echoes.send()
        await self._until(lambda: all(echoes.settled for echoes in self._in_question()), deadline)
        for echoes in self._in_question():
            if not echoes.settled:
                echoes.read()  # what came while the loop was late
        return self._in_question()[0]

    def end(self) -> None:
        """Close all sockets."""
        for echoes in self._tried:
            echoes.close()

    async def _first_packets(self, addresses: Sequence[str], deadline: float) -> None:
        """One to each address in turn, until one of them is answered."""
        loop = asyncio.get_running_loop()
        for left, address in enumerate(addresses, 1 - len(addresses)):
            if not self._begin(address) or not left:
                continue
            until = min(deadline, loop.time() + STAGGER_S)
            await self._until(lambda: self._answering() is not None or self._settled(), until)
            if self._answering() is not None:
                break
        if not self._tried:
            raise _telling(self._errors)

    def _answering(self) -> "Echoes | None":
        return next((echoes for echoes in self._tried if echoes.answered), None)

    def _in_question(self) -> "list[Echoes]":
        """The first that answered, and no other is heard from then on; until then all, the preferred one first."""
        answering = self._answering()
        if answering is not None:
            for other in self._tried:
                if other is not answering:
                    other.close()
            self._tried = [answering]
        return self._tried

    def _begin(self, address: str) -> bool:
        """Whether a packet could be sent there."""
        try:
            echoes = Echoes(address, self._options.address, self._manner, self._clock, self._news.set)
        except (Failure, ProbeNotRunError) as error:
            self._errors.append(error)
            return False
        self._tried.append(echoes)
        try:
            echoes.send()
        except (Failure, ProbeNotRunError) as error:
            self._tried.remove(echoes)
            echoes.close()
            self._errors.append(error)
            return False
        return True

    def _settled(self) -> bool:
        """Whether it is known of every packet that it came to nothing."""
        return all(echoes.settled for echoes in self._tried)

    async def _until(self, reached: Callable[[], bool], moment: float) -> None:
        """Wait until something is so, at the longest until `moment`."""
        try:
            async with asyncio.timeout_at(moment):
                while not reached():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass  # what did not come about is judged by the caller


class Echoes:
    """Echo requests to one address, and what became of each."""

    def __init__(self, address: str, whom: str, manner: Manner, clock: Clock, tell: Callable[[], None]) -> None:
        """`tell` is called when something came in. Raises Failure and ProbeNotRunError."""
        self.address = address
        self._whom = whom
        self._clock = clock
        self._tell = tell
        self._sent: dict[int, float] = {}
        self._round_trips: dict[int, float] = {}
        self._failures: dict[int, Failure] = {}
        self._whole, self._source = manner.do_not_fragment, manner.source
        self._again: set[int] = set()
        self._duplicates = self._strangers = 0
        self._hop_limit: int | None = None
        self._loop = asyncio.get_running_loop()
        try:
            self._socket = EchoSocket(address, manner)
        except OSError as error:
            raise unsent(error, whom, 0, 0, manner.source) from None
        self._closed = False
        self._watch(True)

    @property
    def sent(self) -> int:
        """How many packets were sent."""
        return len(self._sent)

    @property
    def answered(self) -> int:
        """How many came back."""
        return len(self._round_trips)

    @property
    def lost(self) -> int:
        """How many did not."""
        return self.sent - self.answered

    @property
    def settled(self) -> bool:
        """Whether it is known of each packet what became of it."""
        return len(self._round_trips.keys() | self._failures.keys()) == self.sent

    @property
    def failure(self) -> Failure | None:
        """What was said of the first packet that came to nothing."""
        return next(iter(self._failures.values()), None)

    @property
    def mean(self) -> float:
        """The mean round trip in seconds; something was answered."""
        return sum(self._round_trips.values()) / len(self._round_trips)

    def send(self) -> None:
        """One more packet. Raises ProbeNotRunError when it is our fault that it cannot be sent; the first: Failure."""
        number = self.sent + 1
        failure = self._put(number)
        if failure is not None and number == 1:
            raise failure
        if failure is not None:
            self._failures[number] = failure
            self._tell()

    def close(self) -> None:
        """Nothing more is heard of it."""
        if not self._closed:
            self._closed = True
            self._watch(False)
            self._socket.close()

    def details(self) -> dict[str, str]:
        """The figures, for people."""
        found = {"sent": str(self.sent), "answered": str(self.answered), "lost": percent(self.lost, self.sent)}
        ordered = [self._round_trips[number] for number in sorted(self._round_trips)]
        if ordered:
            found |= {"round_trip_min": _ms(min(ordered)), "round_trip_max": _ms(max(ordered))}
            found["round_trip_mean"] = _ms(self.mean)
        if len(ordered) > 1:
            steps = [abs(after - before) for before, after in pairwise(ordered)]
            found["jitter"] = _ms(sum(steps) / len(steps))
        if self._hop_limit is not None:
            found["answer_ttl"] = str(self._hop_limit)
        counts = {"duplicates": self._duplicates, "strangers": self._strangers}
        found |= {name: str(count) for name, count in counts.items() if count}
        return found | {"socket": "raw" if self._socket.raw else "ping"}

    def read(self) -> None:
        """Take in what has come so far."""
        if self._closed:
            return
        events, troubled = self._socket.events()
        now = self._clock.monotonic()
        for event in events:
            if isinstance(event, Reply) and event.sequence in self._sent:
                self._answer(event, now)
            elif isinstance(event, Refusal) and event.sequence in self._sent:
                self._refuse(event)
            else:
                self._strangers += 1
        if troubled:  # uvloop no longer watches a socket that had an error
            self._watch(False)
            self._watch(True)
        self._tell()

    def _watch(self, begin: bool) -> None:
        if begin:
            self._loop.add_reader(self._socket, self.read)
        else:
            self._loop.remove_reader(self._socket)

    def _put(self, number: int) -> Failure | None:
        """Send a packet; why it could not be sent. Raises ProbeNotRunError."""
        self._sent[number] = self._clock.monotonic()
        try:
            self._socket.send(number)
        except OSError as error:
            return unsent(error, self._whom, self._socket.packet_size, self._socket.mtu, self._source)
        finally:
            if self._socket.waiting:  # errors of earlier packets, which the event loop no longer sees
                self._loop.call_soon(self.read)
        return None

    def _answer(self, reply: Reply, now: float) -> None:
        if reply.sequence in self._round_trips:
            self._duplicates += 1
            return
        elapsed = now - self._sent[reply.sequence]
        self._round_trips[reply.sequence] = elapsed - reply.late_s if reply.late_s < elapsed else elapsed
        self._hop_limit = reply.hop_limit
        self._failures.pop(reply.sequence, None)

    def _refuse(self, refusal: Refusal) -> None:
        number, trouble = refusal.sequence, refusal.trouble
        failure = told(trouble, self._whom, self._socket.here, self._socket.packet_size)
        if failure is None or number in self._round_trips:
            return
        if trouble.too_big and not self._whole and number not in self._again:
            self._again.add(number)
            failure = self._once_more(number, failure)
        if failure is not None:
            self._failures[number] = failure

    def _once_more(self, number: int, failure: Failure) -> Failure | None:
        """The kernel now knows what the path takes, and cuts the packet to it."""
        try:
            return self._put(number)
        except ProbeNotRunError:
            return failure


def percent(part: int, whole: int) -> str:
    """A share for people, cut to a tenth of a percent."""
    return f"{part * 1000 // whole / 10:g}%"


def _ms(value: float) -> str:
    return f"{value * 1000:.3f} ms"


def _telling(errors: Sequence[Failure | ProbeNotRunError]) -> Failure | ProbeNotRunError:
    """The error that says most of the other side."""
    return next((error for error in errors if isinstance(error, Failure)), errors[0])
