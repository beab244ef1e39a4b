"""What the running system has done in a process of its own, so that nothing holds its loop: `python -m` this module.

One JSON object comes in, a line; JSON lines go out. The system's end is the errand's end: as long as it lives it keeps
the other end of standard input open.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from slamon.accounting.zones import DAY_MS
from slamon.catalogue import Catalogue, load
from slamon.delivery.made import run_id
from slamon.delivery.run import Run, carry_out
from slamon.desk import Desk
from slamon.desk.reconciling import Leeway, Reconciling
from slamon.errors import SlamonError, UsageError
from slamon.ledger import register
from slamon.reports.printing import give_way
from slamon.running.freezing import NotStoredYet, freeze, packed, to_close, unsettled
from slamon.running.stored import figures_of, known_figures

_BACK_MS = 31 * DAY_MS
"""So much before a complaint is read too, so that outages are whole."""

_AT_ONCE = 500
"""So many findings on a line: reading one is not to hold the loop."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came in. `data`: the folder that the command line names; `ledger`: the file."""

    what: str
    config: Path
    data: Path | None
    ledger: Path
    words: Mapping[str, Any]

    @classmethod
    def read(cls, line: str) -> "Asked":
        """As the running system wrote it."""
        told = json.loads(line)
        data = told["data"]
        return cls(told["what"], Path(told["config"]), None if data is None else Path(data), Path(told["ledger"]), told)


def _say(**told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _deliver(asked: Asked, loaded: Catalogue) -> None:
    words = asked.words
    known_as = run_id(words["report"], words["period"], words["since"], words["again"])
    run = Run(words["report"], words["period"], tuple(words["targets"]), known_as, words["at"], running=True)
    carry_out(
        loaded,
        asked.ledger,
        run,
        lambda target, failure, remark: _say(target=target, failure=failure, remark=remark),
    )


def _close(asked: Asked, loaded: Catalogue) -> None:
    """Of each agreement what a closing freezes, or why its period is not settled yet, or cannot be closed at all."""
    name, now = asked.words["period"], asked.words["at"]
    figures, at = known_figures(loaded, asked.ledger, name, now, running=True)
    for agreement in asked.words["agreements"]:
        try:
            period = to_close(figures, agreement, name, at, now)
        except NotStoredYet as error:
            _say(agreement=agreement, unsettled=str(error))
            continue
        except UsageError as error:
            _say(agreement=agreement, refused=str(error))
            continue
        if why := unsettled(figures, agreement, period, at):
            _say(agreement=agreement, unsettled=". ".join(why))
        else:
            _say(agreement=agreement, content=packed(freeze(figures, agreement, period, at)))


def _reconcile(asked: Asked, loaded: Catalogue) -> None:
    """Complaints beside what the ledger has: of each its number, the finding, and whether it is settled."""
    told, now, leeway = Desk.of(register(asked.ledger)).complaints, asked.words["at"], Leeway()
    complaints = [told[number] for number in asked.words["complaints"] if number in told]
    if not complaints:
        raise SlamonError(f"none of the complaints is in {asked.ledger}")
    since = min(complaint.felt_from for complaint in complaints) - leeway.before_ms - _BACK_MS
    figures, _ = figures_of(loaded, asked.ledger, None, now, running=True, since=since)
    found = Reconciling(figures, now, leeway).all(complaints)
    while several := list(islice(found, _AT_ONCE)):
        _say(findings=[(one.complaint.number, one.finding.value, one.settled) for one in several])


_WORK = {"report": _deliver, "close": _close, "reconcile": _reconcile}


def _end_with_the_system() -> None:
    """Standard input ends when the system does: so does this, with all that it has begun."""
    with suppress(OSError, ValueError):
        sys.stdin.read()
    with suppress(OSError):
        os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Read what is asked for, do it, tell it."""
    asked = Asked.read(sys.stdin.readline())
    threading.Thread(target=_end_with_the_system, daemon=True).start()
    give_way()
    try:
        _WORK[asked.what](asked, load(asked.config, data=asked.data))
    except SlamonError as error:
        _say(error=str(error))
    except OSError as error:
        _say(error=error.strerror or type(error).__name__)


if __name__ == "__main__":
    main()
