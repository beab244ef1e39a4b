"""What `/probe` is asked, and its answer. `Prober.ask` is the way of one question."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from slamon.blackbox import dns, grpc, http, icmp, stream, websocket
from slamon.blackbox.guard import Guard, Limits, RefusedError
from slamon.blackbox.history import History, Recent
from slamon.blackbox.hosts import Hosts
from slamon.blackbox.journal import Journal
from slamon.blackbox.run import Failed, Run
from slamon.blackbox.written import secrets, written_file, written_module
from slamon.catalogue.blackbox import BlackboxFile, Module
from slamon.export import probe_names as names
from slamon.export.sheet import Sheet
from slamon.probes.context import ProbeContext
from slamon.probes.course import Mask
from slamon.probes.outcome import ProbeNotRunError

DEFAULT_MODULE = "http_2xx"
LONGEST_S = 120.0
"""The longest that a probe takes when neither module nor scrape says less."""

GRACE_S = 1.0
"""After its deadline a prober is ended that did not end itself."""

LONGEST_TARGET = 8192

ProbeFunction = Callable[[Run], Awaitable[bool]]

PROBERS: dict[str, ProbeFunction] = {
    "http": http.probe,
    "tcp": stream.probe_tcp,
    "unix": stream.probe_unix,
    "icmp": icmp.probe,
    "dns": dns.probe,
    "grpc": grpc.probe,
    "websocket": websocket.probe,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`offset_s`: what is taken off the scrape's timeout. `history`: how many probes are remembered.

    `at_once`: so many probes run beside each other; more are turned away.
    """

    offset_s: float = 0.5
    history: int = 100
    at_once: int = 200


@dataclass(frozen=True, slots=True)
class Question:
    """The words of one request; `timeout` is the scrape's header."""

    target: str = ""
    module: str = ""
    hostname: str = ""
    debug: bool = False
    timeout: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: metrics, or a text with another status."""

    body: bytes
    status: int = 200
    is_metrics: bool = False


class Prober:
    """The modules of a file, and the probes that are made with them."""

    def __init__(
        self,
        file: BlackboxFile,
        limits: Limits,
        settings: Settings,
        context: ProbeContext,
        unknown: Callable[[], None] = lambda: None,
    ) -> None:
        """`unknown` is told of every module that is asked for and is not there."""
        self._unknown = unknown
        self._file = file
        self._guard = Guard(limits)
        self._settings = settings
        self._context = context
        self._hosts = Hosts(context)
        self._history = History(settings.history)
        self._running = 0

    def put_in_force(self, file: BlackboxFile) -> None:
        """Other modules from now on; probes under way keep theirs."""
        self._file = file

    def config(self) -> str:
        """The modules written out, without secrets."""
        return written_file(self._file)

    def recent(self) -> list[Recent]:
        """The probes that are remembered, newest first."""
        return self._history.newest_first()

    def log(self, number: str | None, target: str | None, module: str) -> Answer:
        """The log of a probe that is remembered, by its id or its target."""
        if target:
            found = self._history.of_target(target, module)
        elif number is not None and number.isascii() and number.isdigit() and len(number) < 20:
            found = self._history.by_id(int(number))
        else:
            return Answer(b"Invalid probe id\n", 500)
        if found is None:
            return Answer(b"Probe id not found\n", 404)
        return Answer(found.log.encode("utf-8", "replace"))

    async def ask(self, question: Question) -> Answer:
        """Probe, and tell in metrics what was found."""
        name = question.module or DEFAULT_MODULE
        module = self._file.modules.get(name)
        if module is None:
            self._unknown()
            return _text(400, f'Unknown module "{_printable(name)}"')
        try:
            timeout = self._timeout(question.timeout, module.timeout)
        except ValueError:
            return _text(500, "Failed to parse timeout from Prometheus header: it is no number of seconds")
        if not question.target:
            return _text(400, "Target parameter is missing")
        if len(question.target) > LONGEST_TARGET:
            return _text(400, f"Target parameter is longer than {LONGEST_TARGET} characters")
        try:
            module = _with_host(module, question.hostname)
        except ValueError as error:
            return _text(400, str(error))
        if self._running >= self._settings.at_once:
            return _text(503, f"{self._settings.at_once} probes are running already")
        self._running += 1
        try:
            return await self._probed(question, name, module, timeout)
        finally:
            self._running -= 1

    async def _probed(self, question: Question, name: str, module: Module, seconds: float) -> Answer:
        clock, sheet = self._context.clock, Sheet()
        mask = Mask(secrets(getattr(module, module.prober)))
        journal = Journal(clock, name, question.target, mask)
        deadline = asyncio.get_running_loop().time() + seconds
        run = Run(
            module,
            question.target,
            question.hostname,
            deadline,
            sheet,
            journal,
            self._guard,
            self._hosts,
            self._context,
        )
        sheet.begin(names.SUCCESS, names.DURATION)
        journal.say("probing", prober=module.prober, timeout_seconds=f"{seconds:g}")
        begun = clock.monotonic()
        try:
            success = await self._run(run)
        except RefusedError as error:
            journal.fail("refused", why=error)
            return self._not_made(question, name, module, run, 403, str(error))
        except ProbeNotRunError as error:
            journal.fail("the probe could not be made", why=error)
            return self._not_made(question, name, module, run, 503, f"the probe could not be made: {error}")
        took = clock.monotonic() - begun
        sheet.put(names.DURATION, took)
        sheet.put(names.SUCCESS, 1 if success else 0)
        (journal.say if success else journal.fail)(
            "the probe succeeded" if success else "the probe failed", duration_seconds=f"{took:.6f}"
        )
        log = _log(run, module)
        self._history.add(name, question.target, success, log)
        return Answer(log.encode("utf-8", "replace")) if question.debug else Answer(sheet.text(), is_metrics=True)

    async def _run(self, run: Run) -> bool:
        """Whatever a prober does, it ends."""
        try:
            async with asyncio.timeout_at(run.deadline + GRACE_S):
                return await PROBERS[run.module.prober](run)
        except Failed:
            return False
        except TimeoutError:
            run.journal.fail("the time is over")
            return False

    def _not_made(self, question: Question, name: str, module: Module, run: Run, status: int, why: str) -> Answer:
        self._history.add(name, question.target, False, _log(run, module))
        return _text(status, why)

    def _timeout(self, header: str | None, of_module: float) -> float:
        """Seconds; the scrape's less the offset, or the module's where that is less. ValueError."""
        scrape = float(header) if header else 0.0
        if scrape != scrape:
            raise ValueError(header)
        most = (scrape or LONGEST_S) - self._settings.offset_s
        chosen = of_module if 0 < of_module < most or most < 0 else most
        return min(chosen, LONGEST_S * 30)


def _with_host(module: Module, hostname: str) -> Module:
    """The module with the parameter `hostname` put in. ValueError where it says another host itself."""
    if not hostname or module.prober != "http":
        return module
    headers: Mapping[str, str] = module.http.headers
    for name, value in headers.items():
        if name.lower() == "host" and value != hostname:
            raise ValueError(
                f"host header defined both in module configuration ({value}) "
                f"and with URL-parameter 'hostname' ({_printable(hostname)})"
            )
    others = {name: value for name, value in headers.items() if name.lower() != "host"}
    changed = module.http.model_copy(update={"headers": others | {"Host": hostname}})
    return module.model_copy(update={"http": changed})


def _log(run: Run, module: Module) -> str:
    return (
        f"Log of the probe\n{run.journal.text()}\n\nIts metrics\n{run.sheet.text().decode()}"
        f"\n\nIts module\n{written_module(module)}"
    )


def _text(status: int, sentence: str) -> Answer:
    return Answer(f"{sentence}\n".encode("utf-8", "replace"), status)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text[:200])
