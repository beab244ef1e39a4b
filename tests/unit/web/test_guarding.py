"""The rate limit, and what users' passwords cost."""

import asyncio
import base64
import threading

import bcrypt
import pytest
from slamon.catalogue.secret import Secret
from slamon.web.limiting import Bucket
from slamon.web.safety import is_loopback
from slamon.web.users import TooBusyError, Users
from slamon.web.webconfig import RateLimit

HASH = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
USERS = {"anna": Secret(HASH)}


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_bucket_gains_one_every_interval_up_to_its_burst() -> None:
    now = 100.0
    bucket, limit = Bucket(lambda: now), RateLimit.model_validate({"interval": "500ms", "burst": 2})
    assert [bucket.take(limit) for _ in range(3)] == [True, True, False]
    now += 0.5
    assert [bucket.take(limit) for _ in range(2)] == [True, False]
    now += 3600
    assert [bucket.take(limit) for _ in range(3)] == [True, True, False]


def test_no_interval_is_no_limit_and_a_new_limit_begins_full() -> None:
    bucket = Bucket(lambda: 0.0)
    assert all(bucket.take(RateLimit()) for _ in range(1000))
    one = RateLimit.model_validate({"interval": "1h", "burst": 1})
    two = RateLimit.model_validate({"interval": "1h", "burst": 2})
    assert [bucket.take(limit) for limit in (one, one, two, two, two)] == [True, False, True, True, False]


async def test_wrong_guesses_do_not_push_out_the_one_who_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[bytes] = []

    def quick(password: bytes, _hashed: bytes) -> bool:
        hashed.append(password)
        return password == b"right"

    monkeypatch.setattr(bcrypt, "checkpw", quick)
    users = Users()
    assert await users.known(USERS, basic("anna", "right")) == "anna"
    for guess in range(600):
        assert await users.known(USERS, basic("anna", str(guess))) is None
    assert await users.known(USERS, basic("anna", "right")) == "anna"
    assert hashed.count(b"right") == 1


async def test_a_flood_of_sign_ins_is_turned_away_and_those_before_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_go_on = threading.Event()
    monkeypatch.setattr(bcrypt, "checkpw", lambda _password, _hashed: may_go_on.wait(30) and False)
    users = Users()
    asked = [asyncio.create_task(users.known(USERS, basic("anna", str(guess)))) for guess in range(70)]
    turned_away, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_EXCEPTION)
    assert {type(task.exception()) for task in turned_away} == {TooBusyError}
    may_go_on.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers.count(None) == 64
    assert len(answers) == 70


async def test_a_password_is_read_to_72_bytes_as_bcrypt_does() -> None:
    long = "x" * 72
    users = {"anna": Secret(bcrypt.hashpw(long.encode(), bcrypt.gensalt(4)).decode())}
    assert await Users().known(users, basic("anna", long + "more")) == "anna"
    assert await Users().known(users, basic("anna", long[1:])) is None


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("::ffff:192.0.2.1", False),
        ("192.0.2.1", False),
        ("0.0.0.0", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_in_every_spelling(host: str, near: bool) -> None:
    assert is_loopback(host) is near
