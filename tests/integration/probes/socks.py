"""A SOCKS5 proxy for tests: no login, CONNECT only."""

import asyncio
import ipaddress


class SocksProxy:
    """Handles connections; `wanted` is whom it was asked for, by name or by address."""

    def __init__(self) -> None:
        self.wanted: list[str] = []
        self.names: dict[str, str] = {}

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet, connect, and pass bytes on until one side ends."""
        await reader.readexactly((await reader.readexactly(2))[1])
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.wanted.append(host)
        there = await asyncio.open_connection(self.names.get(host, host), port)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        pumps = [asyncio.ensure_future(pump(*pair)) for pair in ((reader, there[1]), (there[0], writer))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for one in pumps:
            one.cancel()
        there[1].close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
