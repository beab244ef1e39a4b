"""One run of a scheduled report: made in a folder of its own, then delivered end by end."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slamon.accounting import Period, parse_period
from slamon.catalogue import Catalogue
from slamon.catalogue.meaning import reported
from slamon.catalogue.reporting import ScheduledReport
from slamon.delivery.made import Made, must_be_there
from slamon.delivery.mail import message, send
from slamon.delivery.making import Making
from slamon.delivery.patience import NotDelivered
from slamon.delivery.webhook import post
from slamon.errors import SlamonError, UsageError
from slamon.reports.document import Document
from slamon.reports.files import folder, write
from slamon.reports.forms import ReportFormat
from slamon.reports.printing import Order, print_all
from slamon.shown import instant_text

FOLDER, MAIL, WEBHOOK = "folder", "mail", "webhook"
Tell = Callable[[str, str | None, str], None]
"""Told of each end: its name, why it failed (None: it is delivered), and what is to be said of a delivery."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be made, and where it is to go: `targets` as the catalogue's `ends` are. `at`: now (ms)."""

    report: str
    period: str
    targets: tuple[str, ...]
    id: str
    at: int
    running: bool


def carry_out(loaded: Catalogue, ledger: Path, run: Run, tell: Tell) -> None:
    """Make it and deliver it; `tell` is told of each end as soon as it is known.

    Raises SlamonError where the report could not be made. Where there is nothing to report every end is told so.
    """
    model = must_be_there(loaded, run.report)
    with tempfile.TemporaryDirectory(prefix="slamon-report-") as place:
        made = _make(loaded, ledger, run, model, Path(place))
        if not made.agreements:
            why = "; ".join(f"{name}: {words}" for name, words in made.left_out.items())
            for target in run.targets:
                tell(target, None, f"nothing to report: {why}")
            return
        for target, failure in _delivered(made, run.targets):
            tell(target, failure, _remark(made))


def _remark(made: Made) -> str:
    return "; ".join(f"without {name}: {why}" for name, why in made.left_out.items())


def _make(loaded: Catalogue, ledger: Path, run: Run, model: ScheduledReport, place: Path) -> Made:
    made = Made(run.id, run.report, model, run.period, run.at)
    periods = _periods(loaded, model, run, made)
    if not periods:
        return made

    def left_out(agreement: str, error: UsageError) -> None:
        made.left_out[agreement] = str(error)

    def told() -> Iterator[Document]:
        making = Making(loaded, ledger, periods, run.at, running=run.running)
        made.at = making.at
        if max(period.end for period in periods.values()) > making.at:
            raise SlamonError(f"what is stored reaches up to {instant_text(making.at)} only, not to the period's end")
        for found, document in making.documents(left_out):
            made.take(found)
            yield document

    order = Order(model.lang.value, tuple(ReportFormat(form.value) for form in model.formats), place)
    for paths in print_all(told(), order, len(periods)):
        made.files += paths
    return made


def _periods(loaded: Catalogue, model: ScheduledReport, run: Run, made: Made) -> dict[str, Period]:
    """By agreement; one that still runs there is left out."""
    found: dict[str, Period] = {}
    for name in reported(loaded, model):
        try:
            period = parse_period(run.period, loaded.agreements[name].timezone)
        except ValueError as error:
            raise UsageError(f"--period: {error}") from None
        if period.end > run.at:
            made.left_out[name] = f"{run.period} is not over yet"
        else:
            found[name] = period
    return found


def _delivered(made: Made, wanted: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """End by end, with why it failed."""
    to = made.model.to
    if FOLDER in wanted and to.folder is not None:
        yield FOLDER, _tried(lambda: _put(made, to.folder))
    addresses = [one.partition(" ")[2] for one in wanted if one.startswith(f"{MAIL} ")]
    if addresses and to.mail is not None:
        refused: dict[str, str] = {}
        mail = to.mail
        failure = _tried(lambda: refused.update(send(mail, message(made, mail), addresses)))
        for address in addresses:
            yield f"{MAIL} {address}", failure or refused.get(address)
    webhook = to.webhook
    if WEBHOOK in wanted and webhook is not None:
        yield WEBHOOK, _tried(lambda: post(webhook, made))


def _put(made: Made, where: Path | None) -> None:
    assert where is not None
    try:
        target = folder(where)
        for path in made.files:
            write(target / path.name, path.read_bytes())
    except SlamonError as error:
        raise NotDelivered(str(error).partition(";")[0]) from None


def _tried(work: Callable[[], None]) -> str | None:
    """Why it failed."""
    try:
        work()
    except SlamonError as error:
        return str(error)
    except OSError as error:
        return error.strerror or type(error).__name__
    return None
