"""Servers of Debian's packages as child processes, and the examples of `config/examples` turned on them."""

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from slamon.catalogue import load
from slamon.probes import Outcome, ProbeContext, made_ready

from tests.system.running import free_port, wait_for

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"


@contextlib.contextmanager
def folder(owner: str | None = None) -> Iterator[Path]:
    """A folder that its owner, and everybody who passes by, can reach, unlike pytest's."""
    with TemporaryDirectory(prefix="slamon-server-") as name:
        place = Path(name)
        place.chmod(0o755)
        if owner is not None:
            subprocess.run(["chown", owner, name], check=True)
        yield place


@contextlib.contextmanager
def child(words: Sequence[str | Path], log: Path, user: str | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """A server, ended by SIGTERM, by SIGKILL where that is not enough."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=out, stderr=out, user=user, cwd=log.parent
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as sock:
        sock.settimeout(2)
        return sock.connect_ex(("127.0.0.1", port)) == 0


def up(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Wait until the server listens."""

    def listening() -> bool:
        assert process.poll() is None, log.read_text(errors="replace")
        return listens(port)

    wait_for(listening, "the server listens", 60)


def probed(
    example: str,
    address: str,
    port: int,
    env: Mapping[str, str],
    within: float = 20,
    name: str | None = None,
    also: Mapping[str, str] | None = None,
) -> Outcome:
    """The example's first check, or the named one, as it stands in the file, but for the host: what it finds here.

    `also`: words of the file that are others here, where host and port do not stand as one.
    """
    text = (EXAMPLES / f"{example}.yml").read_text(encoding="utf-8")
    for theirs, here in {address: f"127.0.0.1:{port}", **(also or {})}.items():
        assert theirs in text
        text = text.replace(theirs, here)
    with folder() as place:
        file = place / "slamon.yml"
        file.write_text(text, encoding="utf-8")
        checks = load(file, env=dict(env)).checks.values()
        check = next(check for check in checks if name in (None, check.name))

    async def once() -> Outcome:
        context = ProbeContext()
        try:
            return await made_ready(check, context)(asyncio.get_running_loop().time() + within)
        finally:
            await context.close()

    return asyncio.run(once())


__all__ = ["EXAMPLES", "child", "folder", "free_port", "listens", "probed", "up", "wait_for"]
