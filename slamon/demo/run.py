"""The demo from its start to its end: company, past, the real `serve`, live faults, and the words to look around."""

import asyncio
import contextlib
import json
import shlex
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from slamon.demo import backfill, catalogue, faults
from slamon.demo.company import Company
from slamon.demo.faults import Fault
from slamon.system import RunSettings, serve

DEFAULT_LISTEN = ("127.0.0.1", 10650)
_CATALOGUE = "slamon.yml"
_MEMORY = "demo.json"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a kept demo knows of the time before: when its agreements began, and the ports then."""

    began: date
    ports: dict[str, int]

    @classmethod
    def read(cls, folder: Path) -> "Memory | None":
        """That of a kept folder; None in a new one."""
        file = folder / _MEMORY
        if not file.exists():
            return None
        found = json.loads(file.read_text(encoding="utf-8"))
        return cls(date.fromisoformat(found["began"]), {str(k): int(v) for k, v in found["ports"].items()})

    def write(self, folder: Path) -> None:
        """Keep it for the next time."""
        text = json.dumps({"began": self.began.isoformat(), "ports": self.ports}, indent=2)
        (folder / _MEMORY).write_text(text + "\n", encoding="utf-8")


async def run_demo(
    listen: tuple[str, ...], keep: Path | None, stop: asyncio.Event, script: tuple[Fault, ...] = faults.SCRIPT
) -> int:
    """Run until `stop` is set; 0 after a clean end. Without `keep` everything is removed then.

    `script`: the live faults, over and over.
    """
    with _folder(keep) as folder:
        company = Company(folder / "certificates")
        try:
            return await _run(company, folder, listen or (_default_listen(),), stop, script)
        finally:
            await company.stop()


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="slamon-demo-", ignore_cleanup_errors=True) as name:
        yield Path(name)


async def _run(
    company: Company, folder: Path, listen: tuple[str, ...], stop: asyncio.Event, script: tuple[Fault, ...]
) -> int:
    memory = Memory.read(folder)
    await company.start(memory.ports if memory else None)
    now = datetime.now(UTC)
    dates = _dates(memory, now)
    config = folder / _CATALOGUE
    catalogue.write(config, ports=company.ports, ca_file=company.ca_file, dates=dates)
    if not await backfill.fill(config, dates, int(now.timestamp() * 1000), stop):
        return 0
    Memory(dates.began.date(), company.ports).write(folder)
    playing = asyncio.create_task(faults.play(company, script=script))
    try:
        settings = RunSettings(config=config, listen=listen)
        return await serve(settings, stop=stop, started=lambda _monitor, urls: _tell(config, urls, script))
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


def _dates(memory: Memory | None, now: datetime) -> catalogue.Dates:
    if memory is None:
        return catalogue.Dates.around(now)
    return catalogue.Dates.since(datetime.combine(memory.began, time(), catalogue.ZONE))


def _default_listen() -> str:
    """The usual address, or any free port where another slamon has it."""
    host, port = DEFAULT_LISTEN
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError:
            sock.bind((host, 0))
        return f"{host}:{sock.getsockname()[1]}"


def _program() -> str:
    """How a shell in this folder calls slamon: by its name where that is this one, else as it was called here."""
    called = Path(sys.argv[0])
    if called.name != "slamon" or not called.exists():
        return shlex.join([sys.executable, "-m", "slamon"])
    found = shutil.which("slamon")
    return "slamon" if found is not None and Path(found).samefile(called) else shlex.quote(str(called))


def _tell(config: Path, urls: Sequence[str], script: tuple[Fault, ...]) -> None:
    program, catalogue_file = _program(), shlex.quote(str(config))
    lines = [
        "",
        "The demo is running: a small company on this machine, watched by slamon, with six weeks of invented history.",
        *(f"  {url.rstrip('/')}/  and  {url.rstrip('/')}/metrics" for url in urls),
        "",
        "In another terminal:",
        f"  {program} status  --config {catalogue_file}",
        f"  {program} account --config {catalogue_file}",
        f"  less {catalogue_file}",
        "",
        f"What will happen, again and again every {faults.CYCLE_S // 60} minutes (minutes:seconds from now):",
        *(f"  {line}" for line in faults.timetable(script)),
        "The mail server's certificate ends in a few days, so mail is degraded all the time.",
        "Ctrl-C ends the demo.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
