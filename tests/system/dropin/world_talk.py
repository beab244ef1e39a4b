"""The name server and the gRPC servers that both exporters ask."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import grpc

from tests.integration.probes.authority import Credential
from tests.integration.probes.servers import listening
from tests.system.dropin.world import Places, quiet

ZONE = {
    ("example.org.", "A"): [
        ("answer", "example.org. 300 IN A 192.0.2.1"),
        ("answer", "example.org. 300 IN A 192.0.2.2"),
    ],
    ("example.org.", "SOA"): [
        ("answer", "example.org. 60 IN SOA ns.example.org. admin.example.org. 2026112501 7200 3600 1209600 300"),
        ("authority", "example.org. 60 IN NS ns.example.org."),
        ("additional", "ns.example.org. 60 IN A 192.0.2.53"),
    ],
    ("example.org.", "TXT"): [("answer", 'example.org. 60 IN TXT "v=spf1 -all" "two"')],
    ("example.org.", "MX"): [("answer", "example.org. 60 IN MX 10 mail.example.org.")],
    ("example.org.", "ANY"): [
        ("answer", "example.org. 60 IN A 192.0.2.1"),
        ("answer", "example.org. 60 IN MX 10 a.example.org."),
    ],
    ("empty.example.org.", "A"): [],
}


Odd = Callable[[dns.message.Message, bytes], bytes]


def _other_question(answer: dns.message.Message, _: bytes) -> bytes:
    answer.question = [dns.rrset.from_text("example.net.", 0, "IN", "TXT")]
    return answer.to_wire()


def _no_question(answer: dns.message.Message, _: bytes) -> bytes:
    answer.question = []
    return answer.to_wire()


def _cut(answer: dns.message.Message, _: bytes) -> bytes:
    answer.flags |= dns.flags.TC
    return answer.to_wire()


def _too_long(answer: dns.message.Message, _: bytes) -> bytes:
    answer.answer += [_rrset(f"example.org. 300 IN TXT {'x' * 200}") for _ in range(4)]
    return answer.to_wire()


ODD: dict[str, Odd] = {
    "head.example.org.": lambda _, data: data[:2] + bytes.fromhex("8185 0001 0000 0000 0000"),
    "head-fine.example.org.": lambda _, data: data[:2] + bytes.fromhex("8180 0001 0000 0000 0000"),
    "echo.example.org.": lambda _, data: data,
    "no-question.example.org.": _no_question,
    "other-question.example.org.": _other_question,
    "more.example.org.": lambda answer, _: answer.to_wire() + b"more",
    "short.example.org.": lambda answer, _: answer.to_wire()[:-3],
    "other-number.example.org.": lambda answer, data: bytes([data[0] ^ 1, data[1]]) + answer.to_wire()[2:],
    "cut.example.org.": _cut,
    "too-long.example.org.": _too_long,
}
"""Servers that do not keep to the rules, by the name that is asked for."""


def reply(data: bytes) -> bytes | None:
    """The answer to a question; none to one for silence."""
    query = dns.message.from_wire(data)
    question = query.question[0]
    name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    if name.startswith("silent."):
        return None
    answer = dns.message.make_response(query)
    odd = ODD.get(name)
    if odd is not None:
        answer.answer.append(_rrset("example.org. 300 IN A 192.0.2.1"))
        return odd(answer, data)
    if name.startswith("version.bind."):
        text = 'version.bind. 0 CH TXT "9"'
        if question.rdclass == dns.rdataclass.CH:
            answer.answer.append(_rrset(text))
        return answer.to_wire()
    if name.startswith("norecursion."):
        answer.set_rcode(dns.rcode.NOERROR if not query.flags & dns.flags.RD else dns.rcode.REFUSED)
        return answer.to_wire()
    found = ZONE.get((name, kind))
    if found is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
    for section, text in found:
        getattr(answer, section).append(_rrset(text))
    return answer.to_wire()


def _rrset(text: str) -> dns.rrset.RRset:
    name, ttl, class_, kind, rest = text.split(" ", 4)
    return dns.rrset.from_text(name, int(ttl), class_, kind, rest)


class Datagrams(asyncio.DatagramProtocol):
    """By UDP."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        made = reply(data)
        if made is not None:
            self._transport.sendto(made, addr)  # type: ignore[attr-defined]


async def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """By TCP."""
    while True:
        length = int.from_bytes(await reader.readexactly(2), "big")
        made = reply(await reader.readexactly(length))
        if made is None:
            await asyncio.sleep(30)
            return
        writer.write(len(made).to_bytes(2, "big") + made)
        await writer.drain()


async def open_talk(places: Places, stack: AsyncExitStack) -> None:
    """The name server by UDP, TCP and TLS, and gRPC in the clear and in TLS."""
    leaf = _trusted_leaf(places.folder)
    loop = asyncio.get_running_loop()
    tcp = await stack.enter_async_context(listening(quiet(streams)))
    places.ports["dns"] = tcp.port
    transport, _ = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", tcp.port))
    stack.callback(transport.close)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    places.ports["dot"] = (await stack.enter_async_context(listening(quiet(streams), tls=context))).port
    data = leaf.read_bytes()
    key, _, rest = data.partition(b"-----BEGIN CERTIFICATE-----")
    pair = (key, b"-----BEGIN CERTIFICATE-----" + rest)
    for name, credentials in (("grpc", None), ("grpc-tls", grpc.ssl_server_credentials([pair]))):
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((Health(),))
        address = "127.0.0.1:0"
        places.ports[name] = (
            server.add_insecure_port(address) if credentials is None else server.add_secure_port(address, credentials)
        )
        await server.start()
        stack.push_async_callback(server.stop, None)


def _trusted_leaf(folder: Path) -> Path:
    root = Credential.root("Talk Root")
    with (folder / "root.pem").open("ab") as trusted:
        trusted.write(root.pem)
    return root.leaf().write(folder / "talk.pem")


class Health(grpc.GenericRpcHandler):
    """The health service, answering by the service's name."""

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if details.method != "/grpc.health.v1.Health/Check":
            return None
        metadata = dict(details.invocation_metadata or ())

        async def check(request: bytes, context: grpc.aio.ServicerContext) -> bytes:  # type: ignore[type-arg]
            name = request[2:].decode()
            if name == "absent":
                await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
            if name == "locked" and metadata.get("x-key") != "abc":
                await context.abort(grpc.StatusCode.PERMISSION_DENIED, "who are you")
            if name == "slow":
                await asyncio.sleep(30)
            return {"down": b"\x08\x02", "unknown": b""}.get(name, b"\x08\x01")

        return grpc.unary_unary_rpc_method_handler(check)  # type: ignore[arg-type,return-value]
