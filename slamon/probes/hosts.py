"""Hosts of a catalogue: as DNS and TLS know them, and resolved as the phase `resolve` of a probe."""

from slamon.catalogue.hosts import askable_host, literal
from slamon.catalogue.probe_options import IpFamily, Resolver
from slamon.errors import ConfigurationError
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course
from slamon.probes.resolve import fitting

US = 1_000_000


def named_host(text: str, key: str) -> str:
    """A host as DNS and TLS know it. ConfigurationError, naming the key, for what is none."""
    try:
        return askable_host(text)
    except ValueError:
        raise ConfigurationError(f"{key}: {text!r} is no host, for example db.example.org") from None


class Host:
    """Where a probe goes, made ready once."""

    def __init__(self, text: str, family: IpFamily, how: Resolver, context: ProbeContext, key: str = "address") -> None:
        """Raises ConfigurationError, naming the key, for what is no host."""
        self.name = named_host(text, key)
        self._address = literal(self.name)
        self._family = family
        self._how = how
        self._context = context

    async def addresses(self, course: Course, deadline: float) -> tuple[str, ...]:
        """Its addresses, preferred first; the time goes to the phase `resolve`, but for an address.

        The preferred one stands in the course from now on: who connects to another says so.
        Raises Failure (reason dns), and ProbeNotRunError when our own resolver is out of order.
        """
        found = await self._found(course, deadline)
        course.address = found[0]
        return found

    async def _found(self, course: Course, deadline: float) -> tuple[str, ...]:
        if self._address is not None:
            return fitting(self._address, self._family)
        clock = self._context.clock
        begun = clock.monotonic()
        try:
            return await self._context.names.addresses(self.name, self._family, self._how, deadline)
        finally:
            course.add("resolve", int((clock.monotonic() - begun) * US))
