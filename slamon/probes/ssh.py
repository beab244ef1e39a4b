"""ssh: identification, key exchange and host key; no login (docs/decisions/0005-own-ssh-exchange.md).

`SshProbe.__call__` is the way of one probe; all of it keeps one deadline.
"""

import asyncio
from collections.abc import Sequence

from slamon.catalogue.kinds.ssh import SshOptions
from slamon.catalogue.probe_options import split_address
from slamon.probes.connecting import connected
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, Mask
from slamon.probes.expect import compiled
from slamon.probes.hosts import Host
from slamon.probes.known_hosts import KnownHosts
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason
from slamon.probes.ssh_exchange import CIPHERS, Agreed, agreed
from slamon.probes.ssh_keys import ALGORITHMS, OF_TYPE, HostKey, key_format
from slamon.probes.ssh_packets import IDENTIFICATION, Packets
from slamon.probes.stages import Stages
from slamon.probes.wire import Wire

VERSIONS = (b"SSH-2.0-", b"SSH-1.99-")
"""1.99 is how servers of SSH 2 tell that they could speak SSH 1."""

_NO_SECRETS = Mask(())


class SshProbe:
    """An ssh check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: SshOptions, context: ProbeContext) -> None:
        host, self._port = split_address(options.address)
        self._options = options
        self._context = context
        self._whom = options.address
        self._host = Host(host, options.ip_family, options.resolver, context)
        self._banner = None if options.expect.banner is None else compiled(options.expect.banner)
        self._not_offered = [(source, compiled(source)) for source in options.expect.not_offered]

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course = Course()
        failure: Failure | None = None
        try:
            await self._probe(course, deadline)
        except Failure as found:
            failure = found
        course.duration_us = sum(course.phases.values())
        return course.down(failure) if failure else course.answered(self._options.expect.degraded_over, None, 0)

    async def _probe(self, course: Course, deadline: float) -> None:
        begun = asyncio.get_running_loop().time()
        addresses = await self._host.addresses(course, deadline)
        stages, wire = Stages(course, self._context.clock), None
        try:
            async with asyncio.timeout_at(deadline):
                known, revoked = await self._known()
                stages.enter("connect", f"no connection to {self._whom}")
                wire = Wire(await connected(addresses, self._port, self._whom), self._whom)
                course.address = wire.peer
                await self._talk(wire, stages, course, known, revoked)
        except TimeoutError:
            raise stages.overdue(deadline - begun) from None
        finally:
            stages.enter("")
            if wire is not None:
                wire.close()

    async def _known(self) -> tuple[frozenset[HostKey], frozenset[HostKey]]:
        """The keys that the file of known hosts has, and those it has revoked."""
        path = self._options.known_hosts
        if path is None:
            return frozenset(), frozenset()
        file = await self._context.made(("known_hosts", path), (path,), lambda: KnownHosts.read(path))
        good, revoked = file.keys(self._host.name, self._port)
        if not good:
            raise ProbeNotRunError(f"known_hosts has no key of {self._whom}; ssh-keyscan shows those it has")
        return good, revoked

    async def _talk(
        self,
        wire: Wire,
        stages: Stages,
        course: Course,
        known: frozenset[HostKey],
        revoked: frozenset[HostKey],
    ) -> None:
        stages.enter("processing", f"{self._whom} sent no SSH identification")
        await wire.send(IDENTIFICATION + b"\r\n")
        packets = Packets(wire, self._whom, stages)
        identification = await packets.identification()
        course.details["banner"] = _NO_SECRETS.shown(identification.decode("utf-8", "replace"))
        self._judge_banner(identification)
        if not self._options.key_exchange:
            return
        stages.missing = f"the key exchange with {self._whom} was not done"
        found = await agreed(packets, self._whom, identification, self._algorithms(known))
        course.details["key_exchange"] = found.exchange
        course.details["host_key"] = f"{found.key.format} {found.key.fingerprint}"
        self._judge_key(found.key, known, revoked)
        self._judge_offer(found)
        course.details["cipher"] = next((name for name in CIPHERS if name in found.offer.lists[3]), "")

    def _algorithms(self, known: frozenset[HostKey]) -> Sequence[str]:
        """Those of host keys to ask for: of the type that is asked for, else of the keys that are known."""
        wanted = self._options.host_key_type
        if wanted is not None:
            return OF_TYPE[wanted]
        formats = {key.format for key in known}
        return [name for name in ALGORITHMS if key_format(name) in formats] if formats else ALGORITHMS

    def _judge_banner(self, identification: bytes) -> None:
        shown = _NO_SECRETS.shown(identification.decode("utf-8", "replace"))
        if not identification.startswith(VERSIONS):
            raise Failure(Reason.PROTOCOL, f"{self._whom} speaks another version of SSH: {shown!r}")
        text = identification.decode("utf-8", "replace").encode()
        if self._banner is not None and self._banner.search(text) is None:
            wanted = _NO_SECRETS.shown(self._options.expect.banner or "")
            raise Failure(Reason.BANNER, f"the identification {shown!r} does not match {wanted!r}")

    def _judge_key(self, key: HostKey, known: frozenset[HostKey], revoked: frozenset[HostKey]) -> None:
        shown = f"the host key of {self._whom}, {key.format} {key.fingerprint},"
        if key in revoked:
            raise Failure(Reason.HOST_KEY, f"{shown} is revoked in known_hosts")
        if known and key not in known:
            raise Failure(Reason.HOST_KEY, f"{shown} is not the one in known_hosts")
        pins = self._options.expect.host_key
        if pins and key.fingerprint not in pins:
            raise Failure(Reason.HOST_KEY, f"{shown} is none of those expected; host_key_type asks for another type")

    def _judge_offer(self, found: Agreed) -> None:
        for source, pattern in self._not_offered:
            name = next((name for name in found.offer.all if pattern.search(name.encode())), None)
            if name is not None:
                shown = _NO_SECRETS.shown(name)
                raise Failure(Reason.ALGORITHM, f"{self._whom} offers {shown}, which matches {source!r}")
