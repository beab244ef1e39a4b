"""The incremental accounts of everything: facts are told as they come, and what is asked for is brought up to date.

Work per refresh grows with what changed since the last one, not with the length of history.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from slamon.accounting.account import Account, degraded_down
from slamon.accounting.blinds import NEVER, BlindSpans
from slamon.accounting.confirmation import STATES, CheckView
from slamon.accounting.facts import Blind, Span, State
from slamon.accounting.faults import FaultTracker
from slamon.accounting.figure import Period
from slamon.accounting.history import CheckHistory
from slamon.accounting.latency import LatencyCounts
from slamon.accounting.objective import Objective
from slamon.accounting.periods import period_of, previous_period
from slamon.accounting.plan import Plan, in_force
from slamon.accounting.service import ServiceTrack
from slamon.accounting.statement import Part
from slamon.accounting.terms import AgreementTerms, CheckTerms, Correction, LatencyTerms, Revision, ServiceTerms
from slamon.accounting.zones import DAY_MS

_Terms = TypeVar("_Terms", ServiceTerms, AgreementTerms)


def _by_id(terms: Mapping[str, _Terms] | Iterable[_Terms]) -> dict[str, _Terms]:
    return {t.id: t for t in (terms.values() if isinstance(terms, Mapping) else terms)}


class Accounts:
    """All accounts. `now` must be after every observation that counts; later ones are not seen yet."""

    def __init__(
        self,
        checks: Mapping[str, CheckTerms],
        services: Mapping[str, ServiceTerms] | Iterable[ServiceTerms],
        agreements: Mapping[str, AgreementTerms] | Iterable[AgreementTerms],
        corrections: Iterable[Correction] = (),
        histories: Mapping[str, CheckHistory] | None = None,
        blinds: Iterable[Blind] = (),
        *,
        faults: FaultTracker | None = None,
        latency: Mapping[str, LatencyCounts] | None = None,
    ) -> None:
        """`checks`: every check that a service has or had; a missing history is empty.

        `faults`: tells how far back a local fault may still come up. `latency`: where durations are, by check, if not
        in the histories.
        """
        self.checks = dict(checks)
        self.services = _by_id(services)
        self.agreements = _by_id(agreements)
        self.corrections = tuple(corrections)
        self.histories = dict(histories or {})
        self.histories |= {check: CheckHistory(check) for check in self.checks if check not in self.histories}
        self.faults = faults
        self._latency: dict[str, LatencyCounts] = {**self.histories, **(latency or {})}
        self._blinds = BlindSpans(blinds)
        self._blind_since: dict[str, int] = {}
        self._views: dict[tuple[str, bool], CheckView] = {}
        self._tracks: dict[tuple[str, bool], ServiceTrack] = {}
        self._needed: dict[int, list[ServiceTrack]] = {}
        self._of_check: dict[str, list[ServiceTrack]] = {check: [] for check in self.checks}
        self._plans: dict[tuple[str, int], Plan] = {}
        self._parts: dict[tuple[str, str, int], Part] = {}
        self._parts_on: dict[int, list[Part]] = {}
        self._periods: dict[tuple[str, int], Period] = {}
        self._greatest: dict[tuple[str, int, int], dict[str, int]] = {}
        for history in self.histories.values():
            history.set_blinds(self._blinds)
        for service in self.services:
            self._track(service, False)
        for terms in self.agreements.values():
            for revision in terms.revisions:
                for service in terms.services:
                    self._track(service, degraded_down(revision))

    # -- being told

    def touched(self, check_id: str, since: int) -> None:
        """Facts of that check changed from `since` on: what `CheckHistory` gave. About a microsecond for an append."""
        newest = self.histories[check_id].newest
        for track in self._of_check[check_id]:
            track.now = None
            if since < track.frontier or newest is None or newest <= since:
                self._rewind(check_id, since)
                return

    @property
    def blinds(self) -> BlindSpans:
        """The blind stretches; another object when they change."""
        return self._blinds

    def set_blinds(self, blinds: Iterable[Blind]) -> None:
        """Puts other blind stretches; the checks take them up at the next refresh."""
        spans = BlindSpans(blinds)
        since = self._blinds.first_difference(spans)
        self._blinds = spans
        if since is not None:
            for check in self.histories:
                self._blind_since[check] = min(since, self._blind_since.get(check, since))
            for track in self._tracks.values():
                track.now = None

    def set_corrections(self, corrections: Iterable[Correction]) -> None:
        """Puts other corrections: entered ones, revoked ones."""
        self.corrections = tuple(corrections)
        for key, plan in self._plans.items():
            after = in_force(self.corrections, key[0])
            if after != plan.corrections:
                self._plans[key] = Plan(plan.revision, after, plan.origin)
        for part in self._parts.values():
            before, after = part.account.plan.corrections, in_force(self.corrections, part.agreement)
            if after == before:
                continue
            self._greatest.clear()
            origin = part.account.plan.origin
            part.account.plan = self._plan(part.agreement, part.revision, origin)
            changed = [c.start for c in {*before, *after} if (c in before) != (c in after)]
            since = min(changed, default=origin)
            self._rewind_part(part, since if part.account.plan.origin == origin else part.account.plan.origin)

    def forget(self, agreement: str) -> None:
        """Gives up what was worked out for an agreement; it is worked out again when it is asked for."""
        for key in [key for key in self._parts if key[0] == agreement]:
            part = self._parts.pop(key)
            self._parts_on[id(part.account.track)].remove(part)
        for revision in self.agreements[agreement].revisions:
            self._plans.pop((agreement, revision.number), None)

    def _rewind(self, check_id: str, since: int) -> None:
        """Facts changed in a way that may reach behind what was settled."""
        for degraded in (False, True):
            view = self._views.get((check_id, degraded))
            if view is not None:
                since = min(since, view.changed_since(since))
        for track in self._of_check[check_id]:
            track.rewind(since)
            for part in self._parts_on.get(id(track), ()):
                self._rewind_part(part, since)

    @staticmethod
    def _rewind_part(part: Part, since: int) -> None:
        part.account.rewind(since)
        part.account.now = part.account.plan.origin
        if part.objective is not None:
            part.objective.rewind(since)

    def _take_blinds(self, track: ServiceTrack) -> None:
        for view in track.views:
            check = view.history.check_id
            since = self._blind_since.pop(check, None)
            if since is not None:
                changed = view.history.set_blinds(self._blinds, since)
                if changed is not None:
                    self._rewind(check, changed)

    # -- keeping up

    def refresh(self, now: int) -> None:
        """Brings everything up to `now`."""
        for _ in self.refresh_steps(now):
            pass

    def refresh_steps(self, now: int) -> Iterator[None]:
        """The same in small steps, between which the caller may do other things, telling facts included."""
        for track in list(self._tracks.values()):
            yield from self._bring(track, now)
            yield
        for terms in self.agreements.values():
            for service in terms.services:
                for revision in terms.revisions:
                    yield from self._bring_part(self._part(terms, service, revision, now), now)
                    yield

    def _bring(self, track: ServiceTrack, now: int) -> Iterator[None]:
        blind_settled = NEVER if self.faults is None else self.faults.settled(now)
        while True:
            late = [t for t in self._needed[id(track)] if t.now != now]
            if not late:
                return
            if self._blind_since:
                for needed in late:
                    self._take_blinds(needed)
            if not late[0].refresh(now, blind_settled):
                yield

    def _bring_part(self, part: Part, now: int) -> Iterator[None]:
        account = part.account
        while account.now != now or account.track.now != now:
            account.now = account.plan.origin
            yield from self._bring(account.track, now)
            if not account.refresh(now):
                yield
        while part.objective is not None and not part.objective.refresh(now):
            yield

    def _track(self, service: str, degraded: bool) -> ServiceTrack:
        track = self._tracks.get((service, degraded))
        if track is None:
            terms = self.services[service]
            groups = [[self._track(name, degraded) for name in group] for group in terms.depends_on]
            views = {m.check_id: self._view(m.check_id, degraded) for m in terms.members}
            track = self._tracks[service, degraded] = ServiceTrack(terms, views, groups)
            needed = track.tracks()
            self._needed[id(track)] = sorted(needed, key=list(self._tracks.values()).index)
            for check in {view.history.check_id for t in needed for view in t.views}:
                self._of_check[check].append(track)
        return track

    def _view(self, check: str, degraded: bool) -> CheckView:
        view = self._views.get((check, degraded))
        if view is None:
            view = CheckView(self.histories[check], self.checks[check], degraded)
            self._views[check, degraded] = view
        return view

    def _part(
        self, terms: AgreementTerms, service: str, revision: Revision, now: int, start: int | None = None
    ) -> Part:
        """The account, made or, where it does not reach back to `start`, made again."""
        key = (terms.id, service, revision.number)
        part = self._parts.get(key)
        if part is not None:
            origin = part.account.plan.origin
            if start is None or start >= origin or (revision.valid_from is not None and revision.valid_from >= origin):
                return part
            self._parts_on[id(part.account.track)].remove(part)
        track = self._track(service, degraded_down(revision))
        plan = self._plan(terms.id, revision, self._origin(revision, track, now, start))
        account = Account(revision, plan, track)
        objective = None
        if revision.latency is not None:
            objective = self._objective(revision.latency, account, track)
        part = self._parts[key] = Part(terms.id, service, revision, account, objective)
        self._parts_on.setdefault(id(track), []).append(part)
        return part

    def _plan(self, agreement: str, revision: Revision, origin: int) -> Plan:
        """The plan of a revision, shared by its services where it reaches back far enough."""
        plan = self._plans.get((agreement, revision.number))
        if plan is None or plan.origin > origin:
            plan = Plan(revision, in_force(self.corrections, agreement), origin)
            self._plans[agreement, revision.number] = plan
        return plan

    def _objective(self, terms: LatencyTerms, account: Account, track: ServiceTrack) -> Objective:
        named = terms.checks or dict.fromkeys(m.check_id for m in track.terms.members)
        margin = max((self.checks[check].timeout_ms for check in named), default=0)
        return Objective(terms, account, [self._latency[check] for check in named], margin)

    def _origin(self, revision: Revision, track: ServiceTrack, now: int, start: int | None) -> int:
        running = self._period(revision, now)
        low = min(previous_period(running, revision.zone).start, now - 31 * DAY_MS)
        if start is not None:
            low = min(low, start)
        if revision.valid_from is not None:
            low = max(low, revision.valid_from)
        return min(low, track.begins)

    def _period(self, revision: Revision, now: int) -> Period:
        """The running period."""
        key = (revision.zone, ord(revision.period.value[0]))
        period = self._periods.get(key)
        if period is None or not period.start <= now < period.end:
            period = self._periods[key] = period_of(revision.period, revision.zone, now)
        return period

    # -- asking

    def service_state(self, service: str, now: int) -> State:
        """What the service is at `now`; a failure that is not confirmed leaves it as it was."""
        return STATES[self._brought(service, now).steps.at(now - 1)]

    def service_since(self, service: str, now: int) -> int | None:
        """Since when it is in the state of `service_state`; None: as far back as facts go."""
        return self._brought(service, now).steps.since(now - 1)

    def check_state(self, check: str, now: int) -> State | None:
        """What the check is accounted as at `now`; None for a check that the book does not know."""
        if check not in self.checks:
            return None
        self.take_blinds_of(check)
        return STATES[self._view(check, False).states(now - 1, now, now)[0][-1][1]]

    def take_blinds_of(self, check: str) -> None:
        """Lets the check's history take up blind stretches that it was not told yet: before it is folded."""
        for track in self._of_check.get(check, ()):
            self._take_blinds(track)

    def _brought(self, service: str, now: int) -> ServiceTrack:
        track = self._track(service, False)
        for _ in self._bring(track, now):
            pass
        return track

    def service_stretches(self, service: str, start: int, end: int, now: int) -> list[tuple[Span, State]]:
        """The service's states that reach into [start, end), each over all of its time as known at `now`.

        The first one is cut at `start` where it goes back to the beginning of time.
        """
        steps = self._brought(service, now).steps
        changes = steps.between(start, min(end, now)) if start < min(end, now) else []
        found: list[tuple[Span, State]] = []
        for place, (at, code) in enumerate(changes):
            begun = steps.since(at)
            until = changes[place + 1][0] if place + 1 < len(changes) else min(steps.after(at), now)
            found.append((Span(at if begun is None else begun, until), STATES[code]))
        return found

    def service_outages(self, service: str, now: int) -> list[Span]:
        """The service's confirmed outages, whatever is agreed; the last one may go on. Work: their number."""
        return self._brought(service, now).outages()

    def service_outage_count(self, service: str, now: int) -> int:
        """How many confirmed outages have begun in the time that is settled."""
        return self._brought(service, now).outage_count()

    def service_settled(self, service: str, now: int) -> int:
        """The instant before which no coming observation can change the service's state."""
        return self._brought(service, now).frontier

    def begins(self, service: str) -> int | None:
        """When the first run that the service's state rests on began; None without one."""
        begins = self._track(service, False).begins
        return None if begins == NEVER else begins

    def part(self, agreement: str, service: str, revision: int, now: int, start: int | None = None) -> Part:
        """An account brought up to `now`, reaching back to `start` at least. KeyError: there is no such thing."""
        terms = self.agreements[agreement]
        if service not in terms.services:
            raise KeyError(service)
        found = next((r for r in terms.revisions if r.number == revision), None)
        if found is None:
            raise KeyError(revision)
        part = self._part(terms, service, found, now, start)
        for _ in self._bring_part(part, now):
            pass
        return part
