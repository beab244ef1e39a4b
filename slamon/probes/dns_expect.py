"""What an answer of a name server must hold. Prepared once a check; its records meet RE2 only."""

from collections.abc import Sequence

import re2

from slamon.catalogue.base import Patterns
from slamon.catalogue.kinds.dns import DnsExpect, DnsRecords
from slamon.probes.course import Failure, Mask
from slamon.probes.dns_response import DnsResponse
from slamon.probes.expect import compiled
from slamon.probes.outcome import Reason

PLAIN = Mask(())


class DnsExpectations:
    """All that is expected of one answer by itself."""

    def __init__(self, expect: DnsExpect) -> None:
        self._rcodes = expect.rcode
        answers = expect.answers
        if answers is None and expect.rcode == ("NOERROR",):
            answers = DnsRecords(min=1)
        named = {"answer": answers, "authority": expect.authority, "additional": expect.additional}
        self._sections = {name: Section(name, records) for name, records in named.items() if records is not None}

    def judge(self, response: DnsResponse, whom: str) -> None:
        """Raises Failure (rcode, records) for the first expectation that does not hold."""
        if response.rcode not in self._rcodes:
            raise Failure(Reason.RCODE, f"{whom} answered {response.rcode}, expected {', '.join(self._rcodes)}")
        found = {"answer": response.answers, "authority": response.authority, "additional": response.additional}
        for name, section in self._sections.items():
            section.judge(found[name])


class Section:
    """What is expected of one section."""

    def __init__(self, name: str, records: DnsRecords) -> None:
        self._where = f"in the {name} section"
        self._least = records.min or 0
        self._matches = _compiled(records.matches)
        self._not_matches = _compiled(records.not_matches)
        self._all_match = _compiled(records.all_match)
        self._any_match = _compiled(records.any_match)
        self._not_all_match = _compiled(records.not_all_match)

    def judge(self, lines: Sequence[str]) -> None:
        """Raises Failure (records)."""
        records = [line.encode("utf-8", "replace") for line in lines]
        if len(records) < self._least:
            raise _bad(f"there {_are(len(records))} {self._where}, expected {self._least} at least")
        for source, pattern in self._matches:
            if not any(pattern.search(record) for record in records):
                raise _bad(f"no record {self._where} matches {_shown(source)}")
        for source, pattern in self._not_matches:
            for record in records:
                if pattern.search(record):
                    raise _bad(f"{_shown(record)} {self._where} matches {_shown(source)}, which it must not")
        self._judge_all(records)
        self._judge_any(records)

    def _judge_all(self, records: Sequence[bytes]) -> None:
        if self._all_match and not records:
            raise _bad(f"there is no record {self._where}")
        for source, pattern in self._all_match:
            for record in records:
                if not pattern.search(record):
                    raise _bad(f"{_shown(record)} {self._where} does not match {_shown(source)}")

    def _judge_any(self, records: Sequence[bytes]) -> None:
        if self._any_match and not any(p.search(record) for _, p in self._any_match for record in records):
            sources = ", ".join(_shown(source) for source, _ in self._any_match)
            raise _bad(f"no record {self._where} matches any of {sources}")
        everything = all(p.search(record) for _, p in self._not_all_match for record in records)
        if self._not_all_match and everything:
            sources = ", ".join(_shown(source) for source, _ in self._not_all_match)
            raise _bad(f"every record {self._where} matches {sources}, which must not be")


def _bad(sentence: str) -> Failure:
    return Failure(Reason.RECORDS, sentence)


def _compiled(patterns: Patterns) -> tuple[tuple[str, "re2._Regexp"], ...]:
    return tuple((pattern, compiled(pattern)) for pattern in patterns)


def _are(count: int) -> str:
    return "is 1 record" if count == 1 else f"are {count or 'no'} records"


def _shown(text: str | bytes) -> str:
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return repr(PLAIN.shown(decoded.replace("\t", " ")))
