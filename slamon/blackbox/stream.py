"""The probers tcp and unix: a connection, perhaps TLS, perhaps a dialogue line by line."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable

from slamon.blackbox import certificates
from slamon.blackbox.material import MaterialError, material
from slamon.blackbox.run import Run
from slamon.catalogue.blackbox.models import QueryResponse, StreamModule
from slamon.catalogue.blackbox.values import compiled, expands
from slamon.catalogue.quantities import whole_number
from slamon.export import probe_names as names
from slamon.probes.connecting import connected
from slamon.probes.course import Failure
from slamon.probes.failures import connect_failure
from slamon.probes.wire import Wire

LONGEST_LINE = 64 * 1024
MOST_READ = 16 * 2**20


async def probe_tcp(run: Run) -> bool:
    """Whether the connection comes about and the dialogue goes as the module wants."""
    module = run.module.tcp
    run.sheet.begin(names.FAILED_BY_REGEX)
    host, port = split_target(run)
    address, _ = await run.choose(host, module.preferred_ip_protocol, module.ip_protocol_fallback)
    source = source_of(run, module.source_ip_address, address)
    server_name = module.tls_config.server_name or run.hostname or host
    return await _talked(run, module, server_name, connected((address,), port, run.target, source))


async def probe_unix(run: Run) -> bool:
    """The same over the Unix socket that the target names."""
    run.guard.path(run.target)
    module = run.module.unix
    return await _talked(run, module, module.tls_config.server_name, _unix(run.target))


def split_target(run: Run, default: int | None = None) -> tuple[str, int]:
    """Host and port of `host:port`. Raises Failed."""
    target = run.target
    host, colon, port = target.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or (":" in host and not bracketed) or target.endswith("]"):
        if default is None:
            raise run.failed("the target is no host and port", target=target)
        return target.strip("[]") if target.startswith("[") else target, default
    number = whole_number(port)
    if number is None or number > 65535:
        raise run.failed("the target's port is none", target=target)
    return host[1:-1] if bracketed else host, number


def source_of(run: Run, source: str, address: str) -> str | None:
    """The address of this machine to come from. Raises Failed."""
    if not source:
        return None
    try:
        ip = ipaddress.ip_address(source)
    except ValueError:
        raise run.failed("source_ip_address is no address", source=source) from None
    if (ip.version == 6) is not (":" in address):
        raise run.failed("source_ip_address is of the other family", source=source)
    return str(ip)


async def _unix(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        await asyncio.get_running_loop().sock_connect(sock, path)
    except BaseException as error:
        sock.close()
        if isinstance(error, (OSError, ValueError)):
            raise connect_failure(getattr(error, "errno", None) or 0, path) from None
        raise
    return sock


async def _talked(run: Run, module: StreamModule, server_name: str, connecting: Awaitable[socket.socket]) -> bool:
    wire: Wire | None = None
    try:
        async with asyncio.timeout_at(run.deadline):
            wire = Wire(await connecting, run.target)
            if module.tls:
                await _secured(run, module, wire, server_name)
            run.journal.say("connected")
            run.sheet.begin(names.FAILED_BY_REGEX, names.FAILED_BY_BYTES)
            if wire.handshake is not None:
                certificates.show(run.sheet, await wire.handshake.evidence(run.context.certificates))
            await Dialogue(run, module, wire, server_name).run()
    except Failure as failure:
        raise run.failed("the connection failed", why=failure.message) from None
    except TimeoutError:
        raise run.failed("the time is over") from None
    except MaterialError as error:
        raise run.failed("TLS cannot be set up", why=error) from None
    finally:
        if wire is not None:
            wire.close()
    return True


async def _secured(run: Run, module: StreamModule, wire: Wire, server_name: str) -> None:
    context = await (await material(module.tls_config)).context(run.context)
    if not server_name and context.check_hostname:
        raise run.failed("TLS needs tls_config.server_name here, or insecure_skip_verify")
    try:
        await wire.begin_tls(context, server_name)
    except ValueError:
        raise run.failed("no certificate can be for this name", name=server_name) from None


class Dialogue:
    """One run of the module's steps."""

    def __init__(self, run: Run, module: StreamModule, wire: Wire, server_name: str) -> None:
        self._run = run
        self._module = module
        self._wire = wire
        self._server_name = server_name
        self._unread = b""
        self._scanned = b""
        self._read = 0
        self._ended = False

    async def run(self) -> None:
        """Go through all steps. Raises Failed and Failure."""
        for number, step in enumerate(self._module.query_response):
            self._run.journal.say("step", number=number)
            send = step.send.encode("utf-8", "surrogateescape")
            if step.expect is not None:
                send = await self._expect(step)
            if step.expect_bytes:
                await self._expect_bytes(step.expect_bytes.encode("utf-8", "surrogateescape"))
            if send:
                await self._wire.send(send + b"\n")
            if step.starttls:
                await self._begin_tls()

    async def _expect(self, step: QueryResponse) -> bytes:
        """Read lines until one matches; what is to be sent then."""
        sheet, pattern = self._run.sheet, compiled(step.expect or "")
        while True:
            line = await self._line()
            if line is None:
                sheet.put(names.FAILED_BY_REGEX, 1)
                raise self._run.failed("no line matches", regexp=step.expect)
            match = pattern.search(line)
            if match is not None:
                break
            self._run.journal.say("a line that does not match", line=_shown(line))
        sheet.put(names.FAILED_BY_REGEX, 0)
        self._run.journal.say("a line matches", regexp=step.expect, line=_shown(line))
        if step.labels is not None:
            self._label(step, match)
        return expands(step.send, match)

    def _label(self, step: QueryResponse, match: "object") -> None:
        labels = {label.name: _shown(expands(label.value, match)) for label in step.labels or ()}  # type: ignore[arg-type]
        if not self._run.sheet.put_labelled(names.EXPECT_INFO, 1, labels):
            raise self._run.failed("only one step can have labels")

    async def _expect_bytes(self, wanted: bytes) -> None:
        data = self._unread or await self._receive()
        self._unread = data[len(wanted) :]
        if len(data) < len(wanted):
            raise self._run.failed("fewer bytes came than expected", came=len(data), expected=len(wanted))
        if data[: len(wanted)] != wanted:
            self._run.sheet.put(names.FAILED_BY_BYTES, 1)
            raise self._run.failed("the bytes are others", came=data[: len(wanted)].hex(" "), expected=wanted.hex(" "))
        self._run.sheet.put(names.FAILED_BY_BYTES, 0)

    async def _begin_tls(self) -> None:
        self._scanned = self._unread = b""
        await _secured(self._run, self._module, self._wire, self._server_name)
        self._ended = False
        assert self._wire.handshake is not None
        certificates.show(self._run.sheet, await self._wire.handshake.evidence(self._run.context.certificates))

    async def _line(self) -> bytes | None:
        """The next line without its end; at the end of all an unfinished one counts; None then."""
        while True:
            line, newline, rest = self._scanned.partition(b"\n")
            if newline:
                self._scanned = rest
                return line.removesuffix(b"\r")
            if self._ended:
                self._scanned = b""
                return line.removesuffix(b"\r") or None
            if len(self._scanned) >= LONGEST_LINE:
                raise self._run.failed("a line is too long", limit=LONGEST_LINE)
            data = self._unread or await self._receive()
            self._unread = b""
            self._ended = not data
            self._scanned += data

    async def _receive(self) -> bytes:
        data = await self._wire.receive()
        self._read += len(data)
        if self._read > MOST_READ:
            raise self._run.failed("too much was sent", limit=MOST_READ)
        return data


def _shown(data: bytes) -> str:
    return data.decode("utf-8", "replace")
