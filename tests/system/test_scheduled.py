"""Scheduled reports and closings of the real process: made up after a start, once, noted, tried again, closed."""

import contextlib
import json
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import parse_period
from slamon.catalogue import load
from slamon.ledger.deliveries import Delivered, deliveries
from slamon.running.due import Due, closing_rules, report_rule

from tests.integration.delivery.servers import Hook, Inbox, mail_server, webhook_server
from tests.system.calling import CATALOGUE, MINUTE
from tests.system.running import Slamon, command, running, samples, wait_for
from tests.system.test_trouble import fill

ANNA, BERT = "anna@example.org", "bert@example.org"


@dataclass
class Office:
    """A folder with a catalogue, and a ledger with an hour of the newest month of which a report is due."""

    folder: Path
    config: Path
    data: Path
    due: Due
    wrong: str = ""

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def words(self, *more: str) -> tuple[str, ...]:
        return (*more, "-c", str(self.config), "-d", str(self.data))

    def noted(self) -> dict[str, Delivered]:
        """How each end of the due run stands."""
        return {one.target: one for one in deliveries(self.data / "slamon.db")[1] if one.period == self.due.period}

    def names(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir()) if self.out.is_dir() else []

    def delivered(self) -> bool:
        found = self.noted()
        return bool(found) and all(one.delivered is not None for one in found.values())


def mail_to(port: int, *addresses: str) -> dict[str, Any]:
    return {
        "host": "127.0.0.1", "port": port, "security": "none", "from": "slamon@example.org",
        "to": list(addresses or (ANNA,)), "timeout": "20s",
    }  # fmt: skip


Opened = Callable[..., Office]


@pytest.fixture
def office(tmp_path: Path) -> Opened:
    """Opens one with reports to these ends; what came due is owed, as it was scheduled just before."""

    def opened(closing: dict[str, Any] | None = None, report: dict[str, Any] | None = None, **to: Any) -> Office:
        if "folder" in to:  # one from the working directory on would be that of whoever runs the tests
            to["folder"] = str(tmp_path / to["folder"])
        found: dict[str, Any] = json.loads(json.dumps(CATALOGUE))
        del found["agreements"]["gold"]["valid_from"]
        found["reports"] = {"monthly": {"formats": ["html", "csv"], "lang": "de", "to": to} | (report or {})}
        if closing is not None:
            found["closing"] = closing
        config, data = tmp_path / "slamon.yml", tmp_path / "data"
        config.write_text(json.dumps(found))
        loaded = load(config)
        now = time.time_ns() // 1_000_000
        due = report_rule(loaded, loaded.reports["monthly"]).due(0, now)[-1]
        start = parse_period(due.period, "UTC").start
        found["services"]["shop"]["checks"]["home"]["since"] = "2026-01-01T00:00:00Z"
        lines = [
            {"check": "shop/home", "at": start + i * MINUTE, "verdict": "down" if i in (10, 11) else "up"}
            for i in range(60)
        ]
        (tmp_path / "past.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
        made = Office(tmp_path, config, data, due)
        done = command(*made.words("import", "observations", str(tmp_path / "past.jsonl")))
        assert done.returncode == 0, done.stderr
        since = [("report monthly", due.at), ("closing gold", min(due.at, _closing_due(config, now)))]
        with contextlib.closing(sqlite3.connect(data / "slamon.db")) as ledger, ledger:
            ledger.executemany("insert into scheduled values (?, ?)", since)
        return made

    return opened


def _closing_due(config: Path, now: int) -> int:
    rules = closing_rules(load(config))
    return rules["gold"].due(0, now)[-1].at if rules else now


def state(slamon: Slamon) -> tuple[float, float, float]:
    """Failing, runs that went well, runs that failed."""
    page = slamon.metrics(**{"collect[]": "own"})
    name = "slamon_report_runs_total"
    found = (
        samples(page, "slamon_report_failing", report="monthly"),
        samples(page, name, report="monthly", result="success"),
        samples(page, name, report="monthly", result="failure"),
    )
    (failing,), (successes,), (failures,) = found
    return failing, successes, failures


def test_what_came_due_is_made_up_after_a_start_and_never_again(office: Opened) -> None:
    inbox, hook = Inbox(), Hook()
    with mail_server(inbox) as port, webhook_server(hook) as url:
        here = office(folder="out", mail=mail_to(port, ANNA, BERT), webhook={"url": url})
        with running(here.config, here.data) as slamon:
            wait_for(here.delivered, "every end is noted", 120)
            wait_for(lambda: state(slamon) == (0, 1, 0), "the metrics tell")
            last = samples(slamon.metrics(), "slamon_report_last_success_timestamp_seconds", report="monthly")
        with running(here.config, here.data) as slamon:
            wait_for(lambda: state(slamon)[0] == 0, "it stands well")
            assert samples(slamon.metrics(), "slamon_report_last_success_timestamp_seconds", report="monthly") == last
            shown = command(*here.words("report", "--dry-run"))
            assert shown.stdout.count("delivered 20") == 4
            assert "coming" in shown.stdout
    assert here.names() == [f"{here.due.period}_kunde_gold_de.{form}" for form in ("csv", "html")]
    (mail,) = inbox.mails
    assert inbox.recipients == [[ANNA, BERT]]
    ((_, _, body),) = hook.got
    assert mail["Message-ID"] == f"<{body['id']}@example.org>"
    assert [part.get_filename() for part in mail.iter_attachments()] == [one["name"] for one in body["files"]]
    (told,) = body["agreements"]
    done = command(*here.words("account", "-p", here.due.period, "-f", "json"))
    (figure,) = json.loads(done.stdout)["figures"]
    assert told["figures"][0]["downtime_ms"] == figure["downtime_ms"] == 2 * MINUTE
    assert told["verdict"] == figure["verdict"]


def test_a_kill_between_sending_and_noting_sends_again_with_the_same_id(office: Opened) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        here = office(mail=mail_to(port))
        slamon = Slamon(here.config, here.data)
        inbox.taken = slamon.process.kill
        slamon.process.wait(timeout=120)  # killed as soon as the mail is taken
        slamon.kill()
        inbox.taken = None
        assert (len(inbox.mails), here.noted()) == (1, {})
        with running(here.config, here.data):
            wait_for(here.delivered, "the mail is sent and noted", 120)
        with running(here.config, here.data) as again:
            wait_for(lambda: state(again)[0] == 0, "it stands well")
    first, second = inbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert here.noted()[f"mail {ANNA}"].tries == 1


def test_ends_that_fail_are_told_and_tried_again_and_the_others_are_left_alone(office: Opened) -> None:
    inbox, hook = Inbox(refuse={BERT: "451 4.3.0 later"}), Hook(status=500)
    with mail_server(inbox) as port, webhook_server(hook) as url:
        here = office(mail=mail_to(port, ANNA, BERT), webhook={"url": url})
        with running(here.config, here.data) as slamon:
            wait_for(lambda: len(here.noted()) == 3, "all was tried", 120)
            wait_for(lambda: state(slamon) == (1, 0, 1), "the metrics tell")
            errors = samples(slamon.metrics(), "slamon_component_errors_total", component="reports")
            assert errors == [1]
            assert "451 4.3.0 later" in slamon.text()
        noted = here.noted()
        assert noted[f"mail {BERT}"].words == "451 4.3.0 later"
        assert noted["webhook"].words == "webhook: it answered 500 taken"
        assert "failed, tried again" in command(*here.words("report", "--dry-run")).stdout
        inbox.refuse, hook.status = {}, 200
        with contextlib.closing(sqlite3.connect(here.data / "slamon.db")) as ledger, ledger:
            ledger.execute("update delivery set newest = newest - 60000 where delivered is null")  # a minute goes by
        with running(here.config, here.data) as slamon:
            wait_for(here.delivered, "what was missing is delivered", 120)
            wait_for(lambda: state(slamon) == (0, 1, 0), "the metrics tell")
    assert inbox.recipients == [[ANNA], [BERT]]
    assert len(hook.got) == 2
    assert hook.got[0][2]["id"] == hook.got[1][2]["id"]


def test_a_full_folder_is_told_nothing_is_half_written_and_it_is_made_up(
    office: Opened, mounted: Callable[[str], Path]
) -> None:
    disk = mounted("size=1M")
    here = office(folder=str(disk / "reports"))
    ballast = fill(disk)
    done = command(*here.words("report", "--scheduled", "monthly"))
    assert (done.returncode, "no space is left" in done.stdout) == (3, True), done.stdout + done.stderr
    assert "--output" not in done.stdout
    folder = disk / "reports"
    assert not folder.is_dir() or list(folder.iterdir()) == []
    ballast.unlink()
    assert command(*here.words("report", "--scheduled", "monthly")).returncode == 0
    assert len(list(folder.iterdir())) == 2


def test_by_hand_the_running_system_does_it_again_under_another_id(office: Opened) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        here = office(mail=mail_to(port))
        with running(here.config, here.data):
            wait_for(here.delivered, "it is delivered by itself", 120)
            done = command(*here.words("report", "--scheduled", "monthly", "-p", here.due.period))
            assert (done.returncode, done.stdout) == (
                0, f"monthly {here.due.period}, mail {ANNA}: delivered\n",
            ), done.stderr  # fmt: skip
    first, second = inbox.mails
    assert second["Message-ID"].startswith(first["Message-ID"].partition("@")[0] + ".")
    assert here.noted()[f"mail {ANNA}"].tries == 2


def test_what_cannot_be_asked_for(office: Opened) -> None:
    here = office(folder="out")

    def refused(*words: str) -> str:
        done = command(*here.words("report", *words))
        assert (done.returncode, done.stdout) == (2, "")
        return " ".join(done.stderr.split())

    assert "there is no scheduled report 'montly'; there are: monthly; did you mean 'monthly'?" in refused(
        "--scheduled", "montly"
    )
    assert "names no period" in refused("--scheduled", "monthly", "-p", "x" * 300)
    assert "covers a month" in refused("--scheduled", "monthly", "-p", "2026-Q3")
    assert "it is not over" in refused("--scheduled", "monthly", "-p", "2099-01")
    assert "only --period goes with it" in refused("--scheduled", "monthly", "-a", "gold")


def test_before_the_first_observation_there_is_nothing_to_report_and_nothing_is_sent(office: Opened) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        here = office(mail=mail_to(port))
        done = command(*here.words("report", "--scheduled", "monthly", "-p", "2020-01"))
    assert done.returncode == 0
    assert "nothing to report: gold: the period 2020-01 was over before the first observation" in done.stderr
    assert inbox.mails == []


# -- closing


def closed(here: Office) -> list[dict[str, Any]]:
    done = command(*here.words("close", "list", "-f", "json"))
    return list(json.loads(done.stdout)["closings"]) if done.stdout else []


def test_a_period_is_closed_by_itself_once_and_stays_so_over_restarts(office: Opened) -> None:
    here = office(closing={"after_working_days": 1}, folder="out")
    with running(here.config, here.data) as slamon:
        wait_for(lambda: closed(here), "it is closed", 120)
        metric = {"agreement": "gold", "customer": "kunde", "state": "closed"}
        wait_for(lambda: samples(slamon.metrics(), "slamon_agreement_closed_periods", **metric) == [1], "it is told")
        assert "period closed" in slamon.text()
        again = command(*here.words("close", here.due.period, "--author", "sm"))
        assert (again.returncode, "was closed by slamon at" in again.stderr) == (2, True)
    with running(here.config, here.data) as slamon:
        wait_for(lambda: samples(slamon.metrics(), "slamon_agreement_closed_periods", **metric) == [1], "it is known")
    (one,) = closed(here)
    (entry,) = one["entries"]
    assert (one["period"], one["state"], entry["author"]) == (here.due.period, "closed", "slamon")
    assert entry["reason"] == "by itself, on working day 1 after its end"
    assert command(*here.words("verify")).returncode == 0


def test_two_closings_at_once_give_one(office: Opened) -> None:
    here = office(closing={"after_working_days": 1}, folder="out")
    slamon = Slamon(here.config, here.data).ready()
    try:
        words = here.words("close", here.due.period, "--author", "sm")
        done: subprocess.CompletedProcess[str] = command(*words)
        wait_for(lambda: closed(here), "it is closed", 120)
        assert done.returncode == 0 or "was closed by slamon at" in done.stderr, done.stderr
    finally:
        slamon.stop()
    (one,) = closed(here)
    assert [entry["kind"] for entry in one["entries"]] == ["closing"]
    assert command(*here.words("verify")).returncode == 0
