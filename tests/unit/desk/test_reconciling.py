"""Each complaint beside what was measured: every finding, what it rests on, and what goes before what."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.accounting import Blind, Cause, Correction, CorrectionKind
from slamon.desk.reconciling import Finding, Leeway, Quality, Reconciled, Reconciling, felt_span, quality, reconcile
from slamon.desk.remedies import Remedy, Topic
from slamon.desk.sighting import Sight
from slamon.desk.things import Complaint
from slamon.figures import Figures

from tests.unit.desk.company import HOUR, HTTP, MINUTE, SINCE, TCP, at, catalogue, complaint, watched

NOW = at("20:00")
MANUAL = (Path(__file__).parents[3] / "docs/manual/complaints.md").read_text(encoding="utf-8")
JOURNEY = {"journey": {"url": "http://127.0.0.1:1/", "steps": [{"name": "in"}]}}


def found(figures: Figures, said: Complaint, **leeway: int) -> Reconciled:
    return reconcile(figures, said, NOW, Leeway(**leeway))


def sights(one: Reconciled) -> list[tuple[Sight, str, str | None]]:
    return [(seen.sight, seen.service, seen.check) for seen in one.seen]


class TestAgrees:
    def test_an_outage_then(self) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])
        one = found(figures, complaint("12:10", "12:20"))

        assert one.finding is Finding.AGREES
        outage = next(seen for seen in one.seen if seen.sight is Sight.OUTAGE)
        assert (outage.service, outage.start, outage.end) == ("shop", at("12:00"), at("12:30"))
        assert outage.overlap_ms == 30 * MINUTE  # 12:00 to 12:30, with ten minutes on either side of what was felt
        check = next(seen for seen in one.seen if seen.sight is Sight.CHECK_DOWN)
        assert (check.check, check.reason) == ("shop/web", "timeout")
        assert one.proposals == ()
        assert not one.unseen

    def test_the_outage_of_what_it_stands_on_is_named(self) -> None:
        figures = watched(catalogue(), [("db/port", "12:00", "12:30")])
        one = found(figures, complaint("12:10", "12:20"))

        assert one.finding is Finding.AGREES
        assert {seen.service for seen in one.seen if seen.sight is Sight.OUTAGE} == {"shop", "db"}

    def test_a_degradation_then(self) -> None:
        figures = watched(catalogue(), degraded=[("shop/web", "12:00", "12:30")])
        one = found(figures, complaint("12:10", "12:20"))

        assert one.finding is Finding.AGREES
        assert (Sight.DEGRADED, "shop", None) in sights(one)

    def test_a_correction_that_says_down(self) -> None:
        figures = watched(catalogue())
        figures.correct([Correction("gold", CorrectionKind.DOWN, at("12:00"), at("12:30"), 0, "Ada", "they told us")])
        one = found(figures, complaint("12:10", "12:20"))

        assert one.finding is Finding.AGREES
        assert [(seen.sight, seen.reason) for seen in one.seen] == [(Sight.SAID_DOWN, "they told us")]

    @pytest.mark.parametrize(
        ("start", "end", "finding"),
        [
            ("11:40", "11:50", Finding.NOT_SEEN),  # ends 10 minutes before: half-open, so not quite
            ("11:41", "11:51", Finding.AGREES),
            ("12:39", "12:50", Finding.AGREES),
            ("12:40", "12:50", Finding.NOT_SEEN),
        ],
    )
    def test_clocks_of_people_may_be_ten_minutes_off(self, start: str, end: str, finding: Finding) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])

        assert found(figures, complaint(start, end)).finding is finding

    def test_how_far_they_are_off_can_be_said(self) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])

        assert found(figures, complaint("11:41", "11:51"), after_ms=0).finding is Finding.NOT_SEEN
        assert found(figures, complaint("13:00", "13:05"), before_ms=HOUR).finding is Finding.AGREES


class TestFelt:
    def test_without_an_end_an_hour_is_looked_at(self) -> None:
        assert felt_span(complaint("12:00"), Leeway()).end == at("13:00")
        assert felt_span(complaint("12:00"), Leeway(felt_ms=2 * HOUR)).end == at("14:00")

    def test_nobody_complains_of_what_comes(self) -> None:
        assert felt_span(complaint("12:00", entered=at("12:20")), Leeway()).end == at("12:20")

    def test_what_was_entered_beforehand_is_looked_at_whole(self) -> None:
        assert felt_span(complaint("12:00", entered=at("11:00")), Leeway()).end == at("13:00")

    def test_a_moment_is_felt_too(self) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])

        assert found(figures, complaint("12:05", "12:05")).finding is Finding.AGREES


AGREED: dict[str, Any] = {"latency": {"threshold": "1s", "target": "95%", "min_observations": 1}}


class TestSlow:
    def test_slower_than_agreed_in_a_quarter_hour(self) -> None:
        figures = watched(catalogue(**AGREED), slow=[("shop/web", "12:00", "12:15")])
        one = found(figures, complaint("12:05", "12:10", "Alles langsam"))

        assert one.finding is Finding.SLOW
        slow = next(seen for seen in one.seen if seen.sight is Sight.SLOW)
        assert (slow.start, slow.end, slow.good, slow.total, slow.agreement) == (
            at("12:00"),
            at("12:15"),
            0,
            15,
            "gold",
        )
        assert slow.threshold_us == 1_000_000

    @pytest.mark.parametrize(("target", "finding"), [("80%", Finding.NOT_SEEN), ("80.001%", Finding.SLOW)])
    def test_just_as_many_fast_ones_as_agreed_are_enough(self, target: str, finding: Finding) -> None:
        terms = {"latency": {**AGREED["latency"], "target": target}}
        figures = watched(catalogue(**terms), slow=[("shop/web", "12:00", "12:03")])  # 12 of 15 are fast

        assert found(figures, complaint("12:05", "12:10", "Alles langsam")).finding is finding

    def test_as_fast_as_agreed_is_not_seen(self) -> None:
        figures = watched(catalogue(**AGREED), slow=[("shop/web", "13:00", "13:15")])

        assert found(figures, complaint("12:05", "12:10", "Alles langsam")).finding is Finding.NOT_SEEN

    def test_nothing_is_slow_where_nothing_is_agreed(self) -> None:
        figures = watched(catalogue(), slow=[("shop/web", "12:00", "12:15")])
        one = found(figures, complaint("12:05", "12:10", "Alles langsam"))

        assert one.finding is Finding.NOT_SEEN
        assert one.proposals[0].remedy is Remedy.LATENCY_OBJECTIVE

    def test_an_outage_goes_before(self) -> None:
        figures = watched(catalogue(**AGREED), [("shop/web", "12:05", "12:08")], slow=[("shop/web", "12:00", "12:15")])

        assert found(figures, complaint("12:05", "12:10")).finding is Finding.AGREES


class TestSeenInPart:
    def test_one_check_of_those_of_which_one_is_enough(self) -> None:
        made = catalogue(checks={"here": HTTP, "there": HTTP})
        made["services"]["shop"]["needs"] = "any"
        one = found(watched(made, [("shop/there", "12:00", "12:30")]), complaint("12:10", "12:20"))

        assert one.finding is Finding.SEEN_IN_PART
        assert sights(one) == [(Sight.CHECK_DOWN, "shop", "shop/there")]
        assert not one.unseen

    @pytest.mark.parametrize(
        ("failing", "finding"),
        [
            (["muenchen"], Finding.SEEN_IN_PART),
            (["hamburg"], Finding.SEEN_IN_PART),
            (["hamburg", "muenchen"], Finding.AGREES),
            ([], Finding.NOT_SEEN),
        ],
    )
    def test_from_one_of_several_sites_only(self, failing: list[str], finding: Finding) -> None:
        """The manual's catalogue: the other site's slamon is asked through Prometheus."""
        (written,) = re.findall(
            r"```yaml\n(slamon: 1\nservices:\n  onlineshop:\n    needs: any\n.*?)```", MANUAL, re.DOTALL
        )
        made = catalogue()
        shop = yaml.safe_load(written)["services"]["onlineshop"]
        made["services"]["shop"] = {**shop, "checks": {name: {**c, **SINCE} for name, c in shop["checks"].items()}}
        one = found(
            watched(made, [(f"shop/{name}", "12:00", "12:30") for name in failing]), complaint("12:10", "12:20")
        )

        assert one.finding is finding
        down = [check for sight, _, check in sights(one) if sight is Sight.CHECK_DOWN]
        assert down == [f"shop/{name}" for name in failing]

    def test_a_blip(self) -> None:
        one = found(watched(catalogue(), [("shop/web", "12:10", "12:11")]), complaint("12:05", "12:15"))

        assert one.finding is Finding.SEEN_IN_PART

    def test_an_alternative_that_it_stands_on(self) -> None:
        one = found(watched(catalogue(), [("north/port", "12:00", "12:30")]), complaint("12:10", "12:20"))

        assert one.finding is Finding.SEEN_IN_PART
        assert (Sight.OUTAGE, "north", None) in sights(one)

    def test_a_check_that_joined_later_saw_nothing(self) -> None:
        made = catalogue(checks={"here": HTTP, "there": HTTP})
        made["services"]["shop"]["needs"] = "any"
        made["services"]["shop"]["checks"]["there"]["since"] = "2026-10-06T13:00:00Z"
        one = found(watched(made, [("shop/there", "12:00", "12:30")]), complaint("12:10", "12:20"))

        assert one.finding is Finding.NOT_SEEN


OFFICE: dict[str, Any] = {"service_hours": "office"}
MAINTENANCE: dict[str, Any] = {"maintenance": [{"start": "2026-10-06T12:00:00Z", "end": "2026-10-06T13:00:00Z"}]}


class TestNotOwed:
    def test_an_outage_outside_the_hours(self) -> None:
        one = found(watched(catalogue(**OFFICE), [("shop/web", "06:00", "07:00")]), complaint("06:10", "06:20"))

        assert one.finding is Finding.OUTSIDE_HOURS
        assert (Sight.OUTSIDE_HOURS, "shop", None) in sights(one)

    def test_an_outage_that_reaches_into_the_hours_agrees(self) -> None:
        figures = watched(catalogue(**OFFICE), [("shop/web", "07:50", "08:01")])

        assert found(figures, complaint("07:55", "08:00")).finding is Finding.AGREES

    def test_nothing_seen_outside_the_hours(self) -> None:
        assert found(watched(catalogue(**OFFICE)), complaint("06:10", "06:20")).finding is Finding.OUTSIDE_HOURS

    def test_before_the_agreement_begins(self) -> None:
        figures = watched(catalogue(valid_from="2026-10-07"))

        assert found(figures, complaint("12:00", "12:20")).finding is Finding.OUTSIDE_HOURS

    def test_an_outage_in_maintenance(self) -> None:
        figures = watched(catalogue(**MAINTENANCE), [("shop/web", "12:00", "12:50")])
        one = found(figures, complaint("12:10", "12:20"))

        assert one.finding is Finding.IN_MAINTENANCE
        assert (Sight.MAINTENANCE, "shop", None) in sights(one)

    def test_an_outage_that_outlasts_the_maintenance_agrees(self) -> None:
        figures = watched(catalogue(**MAINTENANCE), [("shop/web", "12:00", "13:05")])

        assert found(figures, complaint("12:50", "12:55")).finding is Finding.AGREES

    def test_maintenance_that_was_not_announced_in_time_is_none(self) -> None:
        agreed = {**MAINTENANCE, "rules": {"notice": "24h"}}
        figures = watched(catalogue(**agreed), [("shop/web", "12:00", "12:50")])

        assert found(figures, complaint("12:10", "12:20")).finding is Finding.AGREES

    @pytest.mark.parametrize("kind", [CorrectionKind.EXCLUDE, CorrectionKind.UP])
    def test_what_a_correction_sets_aside_is_told_with_its_reason(self, kind: CorrectionKind) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])
        figures.correct([Correction("gold", kind, at("11:00"), at("13:00"), 0, "Ada", "their own firewall")])
        one = found(figures, complaint("12:10", "12:20"))

        assert one.finding is Finding.EXCLUDED
        assert [seen.reason for seen in one.seen if seen.sight is Sight.EXCLUDED] == ["their own firewall"]

    def test_a_revoked_correction_sets_nothing_aside(self) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])
        span = (at("11:00"), at("13:00"))
        figures.correct([Correction("gold", CorrectionKind.EXCLUDE, *span, 0, "Ada", "no", revoked=5)])

        assert found(figures, complaint("12:10", "12:20")).finding is Finding.AGREES

    def test_more_than_half_decides_where_nothing_was_seen(self) -> None:
        figures = watched(catalogue(**MAINTENANCE))

        assert found(figures, complaint("12:30", "13:29")).finding is Finding.IN_MAINTENANCE
        assert found(figures, complaint("12:30", "13:30")).finding is Finding.IN_MAINTENANCE  # just half
        assert found(figures, complaint("12:30", "13:31")).finding is Finding.NOT_SEEN

    def test_where_nothing_is_agreed_all_time_is_owed(self) -> None:
        figures = watched(catalogue(**OFFICE), [("db/port", "06:00", "07:00")])
        said = complaint("06:10", "06:20", service="db")

        assert found(figures, said).finding is Finding.AGREES

    def test_of_two_agreements_the_one_that_binds_more_counts(self) -> None:
        made = catalogue(**OFFICE)
        made["agreements"]["night"] = {**made["agreements"]["gold"], "service_hours": "24x7"}

        assert found(watched(made, [("shop/web", "06:00", "07:00")]), complaint("06:10")).finding is Finding.AGREES


class TestUnknown:
    def test_nobody_looked(self) -> None:
        unseen = [(check, "11:00", "14:00") for check in ("shop/web", "db/port", "north/port", "south/port")]
        figures = watched(catalogue(), unseen=unseen)
        figures.blind(Blind(at("11:00"), at("14:00"), Cause.STOPPED))
        figures.book.refresh(NOW)
        one = found(figures, complaint("12:00", "12:30"))

        assert one.finding is Finding.UNKNOWN_TIME
        assert [seen.reason for seen in one.seen if seen.sight is Sight.UNKNOWN] == ["stopped"]
        assert one.unseen

    def test_before_anything_was_watched(self) -> None:
        one = found(watched(catalogue()), complaint("2026-10-01T12:00"))

        assert one.finding is Finding.UNKNOWN_TIME

    def test_a_service_that_is_no_more(self) -> None:
        assert found(watched(catalogue()), complaint("12:00", service="gone")).finding is Finding.UNKNOWN_TIME

    def test_a_time_to_come_is_not_settled(self) -> None:
        one = found(watched(catalogue()), complaint("21:00"))

        assert (one.finding, one.settled) == (Finding.UNKNOWN_TIME, False)

    def test_no_time_to_come_is_looked_at(self) -> None:
        one = found(watched(catalogue()), complaint("19:30", "19:55"))

        assert (one.looked.start, one.looked.end) == (at("19:20"), NOW)

    def test_what_may_still_be_confirmed_is_not_settled(self) -> None:
        figures = watched(catalogue(), [("shop/web", "19:59", "20:00")])

        assert not found(figures, complaint("19:55")).settled
        assert not found(figures, complaint("19:30", "19:50")).settled  # ten minutes more are looked at
        assert found(figures, complaint("19:30", "19:49")).settled
        assert found(figures, complaint("12:00", "12:10")).settled


def remedies(text: str, checks: dict[str, Any], end: str = "12:30", **services: Any) -> list[tuple[Any, ...]]:
    made = catalogue(checks=checks)
    made["services"] |= services
    one = found(watched(made, until="14:00"), complaint("12:10", end, text, entered=at("13:00")))
    assert one.finding is Finding.NOT_SEEN
    return [(p.remedy, p.service, p.kinds, p.because) for p in one.proposals]


class TestProposals:
    @pytest.mark.parametrize("text", ["Login geht nicht", "Ich kann mich nicht anmelden!", "cannot LOG IN", "Passwort"])
    def test_a_journey_for_who_cannot_log_in(self, text: str) -> None:
        assert remedies(text, {"web": HTTP}) == [(Remedy.CHECK, "shop", ("journey",), Topic.LOGIN)]

    def test_no_journey_where_there_is_one(self) -> None:
        assert remedies("Login geht nicht", {"web": HTTP, "way": JOURNEY}) == [(Remedy.SECOND_SITE, "shop", (), None)]

    @pytest.mark.parametrize(
        ("text", "kinds"),
        [
            ("Das Zertifikat ist abgelaufen", ("tls",)),
            ("DNS_PROBE_FINISHED", ("dns",)),
            ("Der Nachtlauf fehlt", ("heartbeat",)),
            ("VPN bricht ab", ("icmp",)),
            ("Bestellung lässt sich nicht absenden", ("journey",)),
            ("no e-mail arrives", ("tls", "tcp")),
        ],
    )
    def test_the_kind_that_sees_what_the_words_tell(self, text: str, kinds: tuple[str, ...]) -> None:
        assert [told[2] for told in remedies(text, {"web": HTTP})] == [kinds]

    def test_who_looks_only_whether_something_answers_is_to_use_it(self) -> None:
        assert remedies("kaputt", {"port": TCP}) == [(Remedy.CHECK, "shop", ("http", "journey"), None)]

    def test_who_fetches_a_page_is_to_walk_through_it(self) -> None:
        assert remedies("kaputt", {"web": HTTP}) == [(Remedy.CHECK, "shop", ("journey",), None)]

    def test_a_word_is_not_found_within_another(self) -> None:
        assert remedies("Katalog in Blau", {"web": HTTP})[0][3] is None

    def test_a_shorter_interval_for_what_was_felt_shorter(self) -> None:
        made = catalogue(checks={"web": HTTP})
        one = found(watched(made), complaint("12:10", "2026-10-06T12:11:30", "kaputt"))

        assert [(p.remedy, p.check, p.interval_ms) for p in one.proposals] == [
            (Remedy.SHORTER_INTERVAL, "web", 45_000)  # 90 s felt, two probes in a row to confirm
        ]

    def test_a_check_for_what_it_stands_on_where_nothing_looked_then(self) -> None:
        made = catalogue()
        made["services"]["db"]["checks"]["port"]["since"] = "2026-10-06T13:00:00Z"
        one = found(watched(made), complaint("12:10", "12:30"))

        assert one.finding is Finding.UNKNOWN_TIME
        assert [(p.remedy, p.service) for p in one.proposals] == [(Remedy.DEPENDENCY_CHECK, "db")]

    def test_what_two_probes_in_a_row_can_see_needs_no_shorter_interval(self) -> None:
        one = found(watched(catalogue(checks={"web": HTTP})), complaint("12:10", "12:12", "kaputt"))

        assert [p.remedy for p in one.proposals] == [Remedy.CHECK]  # 2 min felt, 1 min x confirm 2

    def test_a_process_without_checks_is_not_asked_for_one_where_what_it_stands_on_had_none(self) -> None:
        made = catalogue()
        del made["services"]["shop"]["checks"]
        made["services"]["db"]["checks"]["port"]["since"] = "2026-10-06T13:00:00Z"
        one = found(watched(made), complaint("12:10", "12:30"))

        assert [(p.remedy, p.service) for p in one.proposals] == [(Remedy.DEPENDENCY_CHECK, "db")]

    def test_a_check_that_had_gone_by_then_looked_no_more(self) -> None:
        made = catalogue()
        made["services"]["db"]["checks"]["port"]["until"] = "2026-10-06T11:00:00Z"
        one = found(watched(made), complaint("12:10", "12:30"))

        assert one.finding is Finding.UNKNOWN_TIME
        assert [(p.remedy, p.service) for p in one.proposals] == [(Remedy.DEPENDENCY_CHECK, "db")]

    def test_a_long_text_is_read_at_its_beginning(self) -> None:
        assert remedies("x " * 5000 + "login", {"web": HTTP})[0][3] is None


class TestQuality:
    def test_what_we_had_not_seen_by_customer_and_service(self) -> None:
        figures = watched(catalogue(), [("shop/web", "12:00", "12:30")])
        said = [complaint("12:10", number=1), complaint("15:00", number=2), complaint("16:00", number=3)]
        said += [complaint("12:10", number=4, service="db"), complaint("2026-10-05T12:00", number=5)]
        made = list(Reconciling(figures, NOW).all(said))
        told = quality(made, at("00:00"), NOW)

        assert told == [Quality("dealers", "db", 1, 1), Quality("dealers", "shop", 3, 2)]
        assert [str(one.ratio) for one in told] == ["1", "2/3"]
        assert quality(made, at("00:00"), at("00:00")) == []
        assert Quality("a", "b", 0, 0).ratio is None
