"""journey: steps over HTTP as a customer makes them, with cookies and captured values carried on.

`JourneyProbe.__call__` is the way of one probe. The steps are made with requests in a thread of a small pool; names are
resolved and connections made in the event loop, which also shuts them at the deadline, so that no thread outlives it.
"""

import asyncio
from collections.abc import Iterator
from urllib.parse import urljoin

from slamon.catalogue.kinds.journey import PLACEHOLDER, JourneyOptions
from slamon.errors import ConfigurationError
from slamon.probes.context import ProbeContext
from slamon.probes.course import Mask, seconds
from slamon.probes.expect import Expectations
from slamon.probes.journey_line import Line
from slamon.probes.journey_walk import Walk, secrets_of
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason
from slamon.probes.redirects import Place

GRACE_S = 1.0
"""So long after its deadline a journey is waited for; its thread wakes within milliseconds."""

WAITED_S = 0.05
"""A journey that waited longer for its turn did not have its whole time."""


class JourneyProbe:
    """A journey made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: JourneyOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        self._secrets = tuple(secrets_of(options))
        self._known = tuple(_known(options))
        for step in options.steps:
            Expectations(step.expect, Mask(()))

    async def __call__(self, deadline: float) -> Outcome:
        """Make the journey once. ProbeNotRunError when we could not, for want of a turn for example."""
        loop, clock = asyncio.get_running_loop(), self._context.clock
        due = loop.time()
        await self._context.journeys.turn(deadline)
        waited = loop.time() - due
        line = Line(self._options, self._context)
        until = clock.monotonic() + deadline - loop.time()
        walk = Walk(self._options, self._context, line, self._known, self._secrets, until)
        try:
            async with asyncio.timeout_at(deadline + GRACE_S):
                outcome = await self._context.journeys.run(walk.whole)
        except TimeoutError:
            raise ProbeNotRunError("the journey's thread did not end at its deadline") from None
        finally:
            line.end()
        if outcome.reason in (Reason.TIMEOUT, Reason.DNS) and waited > WAITED_S and walk.ran_out:
            raise ProbeNotRunError(f"the journey waited {seconds(waited)} for its turn and had too little time left")
        return outcome


def _known(options: JourneyOptions) -> Iterator[Place]:
    """The hosts that the catalogue names, the journey's own first."""
    steps = (step.url for step in options.steps if PLACEHOLDER.fullmatch(step.url) is None)
    for url in (options.url, *steps, *options.trusted):
        try:
            yield Place.of(urljoin(options.url, PLACEHOLDER.sub("x", url)))
        except ValueError:
            raise ConfigurationError(
                f"{url!r} is no url of http or https, for example https://shop.example.org/"
            ) from None
