"""A connected socket, in the clear or in TLS; TLS can begin at any moment. Reads are bounded by the caller."""

import asyncio
import socket
import ssl
from typing import Protocol

from slamon.probes.course import Failure
from slamon.probes.evidence import LARGE, Handshake, handshake_of
from slamon.probes.failures import tls_failure
from slamon.probes.outcome import ProbeNotRunError, Reason
from slamon.probes.tls import connection_end

CHUNK = 16_384

MOST_SHAKEN = 512 * 1024
"""Bytes the other side may send in a handshake; of certificates alone the TLS library takes 100 kB."""


class Secured(Protocol):
    """A connection in TLS: what we need of ssl.SSLObject, and its errors."""

    def do_handshake(self) -> None:
        """Go on with the handshake."""

    def read(self, count: int, /) -> bytes:
        """What came in, decrypted."""
        ...

    def write(self, data: bytes, /) -> int | None:
        """Encrypt it."""

    def unwrap(self) -> object:
        """Write our goodbye."""

    def version(self) -> str | None:
        """What was negotiated."""
        ...


class Showing(Secured, Protocol):
    """A connection that itself tells what its handshake showed."""

    def handshake(self) -> Handshake:
        """What it showed."""
        ...


class Securing(Protocol):
    """Makes connections: what we need of ssl.SSLContext."""

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *, server_hostname: str) -> Showing:
        """A connection over these buffers."""
        ...


class Wire:
    """One connection. Every wait is without bound: the caller has the deadline."""

    def __init__(self, sock: socket.socket, whom: str) -> None:
        self._sock = sock
        self._whom = whom
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLObject | Showing | None = None
        self._shaken: ssl.SSLObject | Showing | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._busy = False

    @property
    def peer(self) -> str:
        """The address and port we are connected to."""
        address, port = self._sock.getpeername()[:2]
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    @property
    def tls_version(self) -> str | None:
        """What was negotiated, for example `TLSv1.3`; None in the clear."""
        return self._tls.version() if self._tls is not None else None

    @property
    def chain_end(self) -> int | None:
        """When the verified chain ends, in Unix seconds; None in the clear."""
        return connection_end(self._tls) if isinstance(self._tls, ssl.SSLObject) else None

    @property
    def handshake(self) -> Handshake | None:
        """What the last handshake showed, also one that failed; None without one."""
        if self._shaken is None or self._busy:
            return None
        if not isinstance(self._shaken, ssl.SSLObject):
            return self._shaken.handshake()
        trusts = self._tls is not None and self._shaken.context.verify_mode is not ssl.CERT_NONE
        return handshake_of(self._shaken, verified=trusts)

    async def begin_tls(self, context: ssl.SSLContext | Securing, server_name: str) -> None:
        """Shake hands. `server_name` '': for nobody, where nothing is verified. Raises Failure (tls, certificate)."""
        if isinstance(context, ssl.SSLContext):
            wrapped = context.wrap_bio(self._in, self._out, server_hostname=server_name or None)
            tls: ssl.SSLObject | Showing = wrapped
        else:
            tls = context.wrap_bio(self._in, self._out, server_hostname=server_name)
        self._shaken, taken = tls, 0
        try:
            while True:
                try:
                    await self._step(tls, taken)
                    break
                except ssl.SSLWantReadError:
                    await self._flush()
                    taken += await self._fill()
                    if taken > MOST_SHAKEN:
                        sentence = f"{self._whom} sent more than {MOST_SHAKEN // 1024} KiB in the TLS handshake"
                        raise Failure(Reason.TOO_LARGE, sentence) from None
            await self._flush()
        except OSError as error:
            self._say_last()
            raise tls_failure(error, self._whom) from None
        self._tls = tls

    async def receive(self) -> bytes:
        """The next bytes, at most 16 KiB; empty when the other side has ended. Raises Failure (protocol).

        Others have their turn before it: what is there already would be given without any wait.
        """
        await asyncio.sleep(0)
        try:
            return await (self._loop.sock_recv(self._sock, CHUNK) if self._tls is None else self._decrypted(self._tls))
        except OSError as error:
            raise self._broken(error) from None

    async def send(self, data: bytes) -> None:
        """Send it all. Raises Failure (protocol)."""
        try:
            if self._tls is None:
                await self._loop.sock_sendall(self._sock, data)
            else:
                self._tls.write(data)
                await self._flush()
        except OSError as error:
            raise self._broken(error) from None

    def close(self) -> None:
        """Say goodbye if that needs no waiting, and close."""
        if self._tls is not None:
            try:
                self._tls.unwrap()
            except OSError:
                pass  # it is there to write our goodbye; the other side's is not waited for
            self._say_last()
        self._sock.close()

    async def _decrypted(self, tls: Secured) -> bytes:
        while True:
            try:
                return tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def _step(self, tls: Secured, taken: int) -> None:
        """On with the handshake; many certificates are verified in a thread, for that takes long."""
        if taken <= LARGE:
            tls.do_handshake()
            return
        try:
            await asyncio.to_thread(self._alone, tls)
        except RuntimeError:
            raise ProbeNotRunError("no thread can be started to verify certificates") from None

    def _alone(self, tls: Secured) -> None:
        """Nobody else may touch the connection meanwhile, not even when the probe has ended."""
        self._busy = True
        try:
            tls.do_handshake()
        finally:
            self._busy = False

    async def _fill(self) -> int:
        data = await self._loop.sock_recv(self._sock, CHUNK)
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()
        return len(data)

    async def _flush(self) -> None:
        data = self._out.read()
        if data:
            await self._loop.sock_sendall(self._sock, data)

    def _say_last(self) -> None:
        """Our alert or goodbye, if there is one and it can go without waiting."""
        data = self._out.read()
        if data:
            try:
                self._sock.send(data)
            except OSError:
                pass  # the other side is gone already

    def _broken(self, error: OSError) -> Failure:
        if isinstance(error, ssl.SSLError):
            why = (error.reason or "malformed records").replace("_", " ").lower()
            return Failure(Reason.TLS, f"{self._whom} broke the rules of TLS: {why}")
        reset = isinstance(error, ConnectionResetError)
        return Failure(Reason.PROTOCOL, f"{self._whom} {'reset' if reset else 'broke off'} the connection")
