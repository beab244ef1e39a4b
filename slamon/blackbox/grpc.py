"""The prober grpc: one call of the health service, by libcurl as HTTP/2."""

from urllib.parse import urlsplit

from slamon.blackbox import certificates
from slamon.blackbox.fetch import Ask, Got, Headers, fetch
from slamon.blackbox.hosts import dns_name
from slamon.blackbox.material import Material, MaterialError, material
from slamon.blackbox.requests import AGENT, port_of
from slamon.blackbox.run import Run
from slamon.catalogue.blackbox.models import GrpcModule
from slamon.catalogue.quantities import whole_number
from slamon.export import probe_names as names
from slamon.probes.grpc_health import OF_HTTP, PATH, Serving, StatusCode, request, serving, unframed
from slamon.probes.redirects import Place

MOST_ANSWER = 64 * 1024


async def probe(run: Run) -> bool:
    """Whether the health service says that it is serving."""
    sheet, module, clock = run.sheet, run.module.grpc, run.context.clock
    sheet.add(names.GRPC_DURATION, 0, "resolve")
    sheet.begin(names.GRPC_SSL, names.GRPC_STATUS, names.GRPC_HEALTH, names.SSL_EARLIEST)
    host, port = _target(run, module)
    try:
        tls = await material(module.tls_config)
    except MaterialError as error:
        raise run.failed("TLS cannot be set up", why=error) from None
    address, took = await run.choose(dns_name(host), module.preferred_ip_protocol, module.ip_protocol_fallback)
    sheet.add(names.GRPC_DURATION, took, "resolve")
    begun = clock.monotonic()
    got = await _call(run, module, (address, port), host, tls)
    sheet.put(names.GRPC_DURATION, clock.monotonic() - begun, "check")
    return _judged(run, module, got)


def _target(run: Run, module: GrpcModule) -> tuple[str, int]:
    target = run.target if run.target.startswith(("http://", "https://")) else f"http://{run.target}"
    try:
        parts = urlsplit(target)
        host, port = parts.hostname or "", port_of(parts.netloc).removeprefix(":")
    except ValueError:
        raise run.failed("the target is no host and port") from None
    number = whole_number(port) if port else 443 if module.tls else 80
    if number is None or not 0 < number < 65536:
        raise run.failed("the target's port is none")
    return host, number


async def _call(run: Run, module: GrpcModule, to: tuple[str, int], host: str, tls: Material) -> Got:
    address, port = to
    place = Place("https" if module.tls else "http", address, port, PATH)
    named = dns_name(module.tls_config.server_name or host)
    own: Headers = (("content-type", "application/grpc"), ("te", "trailers"), ("User-Agent", AGENT))
    metadata = tuple((key.lower(), value) for key, values in module.metadata.items() for value in values)
    written = f"[{host}]" if ":" in host else host
    ask = Ask(
        place=place,
        host=f"{written}:{port}",
        server_name=named,
        addresses=(address,),
        method="POST",
        headers=(*metadata, *own),
        body=request(module.service),
        http_version="2",
        proxy=None,
        proxy_at=(),
        proxy_headers=(),
        limit=MOST_ANSWER,
        keep=True,
    )
    handle = run.context.transfers.handle()
    return await fetch(handle, ask, tls, run.context, run.deadline, lambda *_: False)


def _judged(run: Run, module: GrpcModule, got: Got) -> bool:
    sheet = run.sheet
    code, found = _outcome(run, got)
    for status in Serving:
        sheet.put(names.GRPC_HEALTH, 1 if found is status else 0, status.name)
    sheet.put(names.GRPC_STATUS, code.value)
    if code is StatusCode.OK and module.tls and got.tls is not None:
        sheet.put(names.GRPC_SSL, 1)
        certificates.show(sheet, got.tls, chain=False)
    if found is Serving.SERVING:
        return True
    run.journal.fail("not serving", code=code.name, says=found.name if found is not None else "nothing")
    return False


def _outcome(run: Run, got: Got) -> tuple[StatusCode, Serving | None]:
    """How the call ended, and what the service said."""
    if not got.status or got.failure is not None:
        why = got.failure.message if got.failure is not None else "no answer"
        run.journal.fail("the call failed", why=why)
        late = got.failure is not None and got.failure.reason == "timeout"
        return StatusCode.DEADLINE_EXCEEDED if late else StatusCode.UNAVAILABLE, None
    said = got.first("grpc-status")
    number = whole_number(said)
    if number is None:
        return OF_HTTP.get(got.status, StatusCode.UNKNOWN) if got.status != 200 else StatusCode.UNKNOWN, None
    code = StatusCode(number) if number in set(StatusCode) else StatusCode.UNKNOWN
    if code is not StatusCode.OK:
        run.journal.fail("the call ended badly", code=code.name, why=got.first("grpc-message")[:500])
        return code, None
    try:
        return code, serving(unframed(got.body))
    except ValueError as error:
        run.journal.fail("the answer is malformed", why=error)
        return StatusCode.INTERNAL, None
