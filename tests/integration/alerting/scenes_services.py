"""Scenes of services, checks, certificates and jobs."""

from tests.integration.alerting.scenes import Scene, Slamon

DAY_S = 86_400


def shop(*spans: tuple[int, str | None], **agreed: object) -> Slamon:
    """A service with one agreement."""
    minutes = sum(span[0] for span in spans)
    return Slamon().service("shop", spans).agreement("shop", minutes, **agreed)  # type: ignore[arg-type]


def check(
    name: str, *spans: tuple[int, object], service: str = "shop", check: str = "start", minutes: int = 120
) -> Slamon:
    """A gauge of one check of a service that is up and agreed on."""
    labels = {"service": service, "check": check}
    return shop((minutes, "up")).put(name, spans, **labels)


def certificate(*ends: tuple[int, int]) -> Slamon:
    """A certificate by the seconds from the beginning on that it lasts, each for so many minutes."""
    minutes = sum(span[0] for span in ends)
    return check("slamon_check_certificate_expiry_timestamp_seconds", *ends, minutes=minutes)


def heartbeat(*spans: tuple[int, object], kind: str = "heartbeat") -> Slamon:
    minutes = sum(span[0] for span in spans)
    return check("slamon_check_up", *spans, minutes=minutes).put(
        "slamon_check_info", [(minutes, 1)], service="shop", check="start", kind=kind, target="-"
    )


def several() -> Slamon:
    """One service, two customers."""
    slamon = Slamon().service("shop", [(5, "up"), (10, "down"), (10, "up")], customer="several")
    return slamon.agreement("shop", 25).agreement("shop", 25, agreement="silver", customer="other")


FLAPS = [(5, value) for _ in range(6) for value in (1, 0)]

SCENES = (
    Scene(
        "a confirmed outage pages at once, with what who wakes must know, and resolves with the service",
        "SlamonServiceDown",
        [shop((5, "up"), (10, "down"), (10, "up"))],
        {4: 0, 5: 1, 14: 1, 15: 0},
        labels={
            "severity": "page",
            "service": "shop",
            "customer": "kunde",
            "team": "web",
            "cause": "shop",
            "role": "cause",
        },
    ),
    Scene(
        "two customers, one page", "SlamonServiceDown", [several()], {4: 0, 5: 1, 15: 0}, labels={"customer": "several"}
    ),
    Scene("a blip leaves the service up", "SlamonServiceDown", [shop((20, "up"))], {5: 0, 19: 0}),
    Scene("degraded is not down", "SlamonServiceDown", [shop((5, "up"), (15, "degraded"))], {10: 0, 19: 0}),
    Scene("unknown is not down", "SlamonServiceDown", [shop((5, "up"), (15, "unknown"))], {10: 0, 19: 0}),
    Scene(
        "in maintenance nobody is paged; after it, if it is still down",
        "SlamonServiceDown",
        [shop((5, "up"), (40, "down"), maintained=[(3, 0), (30, 1), (12, 0)])],
        {10: 0, 32: 0, 33: 1},
    ),
    Scene(
        "when office hours end the page ends; when they begin an outage of the night is told",
        "SlamonServiceDown",
        [shop((5, "up"), (50, "down"), serving=[(10, 1), (30, 0), (15, 1)])],
        {5: 1, 9: 1, 10: 0, 39: 0, 40: 1},
    ),
    Scene(
        "one customer's maintenance is not the other one's",
        "SlamonServiceDown",
        [
            shop((5, "up"), (10, "down"), maintained=[(15, 1)]).agreement(
                "shop", 15, agreement="silver", customer="other"
            )
        ],
        {4: 0, 5: 1},
    ),
    Scene(
        "slamon restarts in an outage: it is told once, and the state unknown does not end it",
        "SlamonServiceDown",
        [shop((5, "up"), (5, "down"), (2, None), (1, "unknown"), (5, "down"), (5, "up"))],
        {5: 1, 10: 1, 12: 1, 13: 1, 17: 1, 18: 0},
    ),
    Scene(
        "slamon restarts while all is well",
        "SlamonServiceDown",
        [shop((5, "up"), (3, None), (1, "unknown"), (5, "up"))],
        {5: 0, 8: 0, 9: 0, 13: 0},
    ),
    Scene("series that are missing from the start", "SlamonServiceDown", [Slamon()], {5: 0, 30: 0}),
    Scene(
        "slamon does not come back: what it said last ends after five minutes",
        "SlamonServiceDown",
        [shop((5, "up"), (5, "down"), (20, None))],
        {9: 1, 13: 1, 15: 0},
    ),
    Scene(
        "seen down from one of two sites and up from the other",
        "SlamonServiceDown",
        [
            shop((5, "up"), (20, "down")),
            Slamon("b:10650").service("shop", [(25, "up")]).agreement("shop", 25),
        ],
        {10: 0, 24: 0},
    ),
    Scene(
        "seen down from both sites, or from one while the other sees nothing: one page",
        "SlamonServiceDown",
        [
            shop((5, "up"), (20, "down"), (5, "up")),
            Slamon("b:10650")
            .service("shop", [(5, "up"), (5, "unknown"), (10, "down"), (10, "up")])
            .agreement("shop", 30),
        ],
        {4: 0, 5: 1, 12: 1, 19: 1, 20: 0, 29: 0},
    ),
    Scene(
        "what stands on a service that is down is told as dependent, with the cause",
        "SlamonServiceDown",
        [
            shop((5, "up"), (10, "down"), (5, "up"))
            .service("order", [(5, "up"), (10, "down"), (5, "up")], cause="shop")
            .agreement("order", 20, agreement="office")
        ],
        {4: 0, 5: 1, 15: 0},
        {"service": "order"},
        {"cause": "shop", "role": "dependent"},
    ),
    Scene(
        "a service nobody is owed wakes nobody",
        "SlamonServiceDown",
        [Slamon().service("shop", [(5, "up"), (20, "down")], customer="none")],
        {10: 0, 24: 0},
    ),
    Scene(
        "an old and a new slamon at once, the old one without the newer series",
        "SlamonServiceDown",
        [
            shop((5, "up"), (10, "down"), (5, "up")),
            Slamon("old:1")
            .put("slamon_service_state", [(5, 0), (10, 1), (5, 0)], service="shop", state="down")
            .put("slamon_service_state", [(5, 1), (10, 0), (5, 1)], service="shop", state="up"),
        ],
        {4: 0, 5: 1, 15: 0},
    ),
    Scene(
        "degraded for a quarter of an hour",
        "SlamonServiceDegraded",
        [shop((5, "up"), (30, "degraded"), (5, "up"))],
        {5: 0, 19: 0, 20: 1, 34: 1, 35: 0},
        labels={"severity": "ticket", "service": "shop", "team": "web", "customer": "kunde"},
    ),
    Scene(
        "degraded for less", "SlamonServiceDegraded", [shop((5, "up"), (14, "degraded"), (20, "up"))], {20: 0, 38: 0}
    ),
    Scene("down is not degraded", "SlamonServiceDegraded", [shop((5, "up"), (30, "down"))], {30: 0}),
    Scene(
        "degraded in maintenance",
        "SlamonServiceDegraded",
        [shop((5, "up"), (40, "degraded"), maintained=[(45, 1)])],
        {30: 0, 44: 0},
    ),
    Scene(
        "a check that goes up and down",
        "SlamonCheckFlapping",
        [check("slamon_check_up", *FLAPS, (60, 1), minutes=120)],
        {29: 0, 30: 1, 80: 1, 119: 0},
        labels={"severity": "ticket", "service": "shop", "check": "start", "team": "web", "customer": "kunde"},
    ),
    Scene(
        "two outages in an hour are two outages",
        "SlamonCheckFlapping",
        [check("slamon_check_up", (10, 1), (10, 0), (10, 1), (10, 0), (80, 1))],
        {50: 0, 119: 0},
    ),
    Scene(
        "slamon restarting again and again is no flapping",
        "SlamonCheckFlapping",
        [check("slamon_check_up", *[(5, value) for _ in range(6) for value in (1, None)], (60, 1))],
        {59: 0, 100: 0},
    ),
    Scene(
        "a certificate comes within fourteen days of its end",
        "SlamonCertificateExpiring",
        [certificate((60, 14 * DAY_S + 1800), (30, 90 * DAY_S))],
        {30: 0, 35: 0, 36: 1, 59: 1, 60: 0},
        {"severity": "ticket"},
        {"service": "shop", "check": "start", "team": "web", "customer": "kunde"},
    ),
    Scene(
        "a certificate comes within two days of its end, and is renewed",
        "SlamonCertificateExpiring",
        [certificate((60, 2 * DAY_S + 1800), (30, 90 * DAY_S))],
        {30: 0, 35: 0, 36: 1, 59: 1, 60: 0},
        {"severity": "page"},
    ),
    Scene(
        "what pages is no ticket any more",
        "SlamonCertificateExpiring",
        [certificate((60, 2 * DAY_S + 1800))],
        {29: 1, 31: 0},
        {"severity": "ticket"},
    ),
    Scene(
        "a certificate with a month left", "SlamonCertificateExpiring", [certificate((60, 30 * DAY_S))], {30: 0, 59: 0}
    ),
    Scene(
        "a job that does not report",
        "SlamonHeartbeatMissed",
        [heartbeat((10, 1), (20, 0), (10, 1))],
        {9: 0, 10: 1, 29: 1, 30: 0},
        labels={"severity": "ticket", "service": "shop", "check": "start", "team": "web"},
    ),
    Scene("a job that reports", "SlamonHeartbeatMissed", [heartbeat((40, 1))], {20: 0, 39: 0}),
    Scene("a job that never reported is unknown", "SlamonHeartbeatMissed", [heartbeat((40, None))], {20: 0, 39: 0}),
    Scene("a probe that fails is no job", "SlamonHeartbeatMissed", [heartbeat((40, 0), kind="http")], {20: 0}),
)
