"""A real gRPC server (grpcio) with a health service that answers as a test wants."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc

from .authority import Credential

SERVICE = "grpc.health.v1.Health"


@dataclass(slots=True)
class Call:
    """One call as it came in."""

    request: bytes
    metadata: tuple[tuple[str, str], ...]
    authority: str


@dataclass(slots=True)
class HealthServer:
    """`answers` by service: bytes are the message, a status code ends the call, a number is waited for in seconds."""

    port: int
    calls: list[Call] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"


Answering = bytes | grpc.StatusCode | float


@contextmanager
def health_server(
    answers: Mapping[bytes, Answering],
    *,
    service: str = SERVICE,
    credential: Credential | None = None,
    client_ca: bytes | None = None,
    message: str = "",
) -> Iterator[HealthServer]:
    """The server; `answers` by the request's message."""
    told = HealthServer(0)

    def check(request: bytes, context: grpc.ServicerContext) -> bytes:
        metadata = tuple((name, value) for name, value in context.invocation_metadata())
        told.calls.append(Call(request, metadata, context._rpc_event.call_details.host.decode()))
        answer = answers.get(request, grpc.StatusCode.NOT_FOUND)
        if isinstance(answer, grpc.StatusCode):
            context.abort(answer, message)
        if isinstance(answer, float):
            end = time.monotonic() + answer
            while context.is_active() and time.monotonic() < end:
                time.sleep(0.01)
            return b""
        return answer

    method = grpc.unary_unary_rpc_method_handler(check)
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Check": method}),))
    if credential is None:
        told.port = server.add_insecure_port("127.0.0.1:0")
    else:
        chain = credential.pem + b"".join(Credential(c, credential.key).pem for c in credential.between)
        pair = [(credential.key_pem, chain)]
        secure = grpc.ssl_server_credentials(pair, client_ca, require_client_auth=client_ca is not None)
        told.port = server.add_secure_port("127.0.0.1:0", secure)
    server.start()
    try:
        yield told
    finally:
        server.stop(None).wait(10)
