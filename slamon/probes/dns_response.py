"""An answer of a name server, as it is judged and shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DnsResponse:
    """Sections hold a line for each record: name, time to live, class, type and data, separated by tabs.

    OPT and TSIG stand in no section; `counts` are those of the message's head, with them: answers, authority,
    additional. `flags` are lower-case words (`qr`, `aa`, `tc`, `rd`, `ra`, `ad`, `cd`). `serial` is that of the SOA
    in the answer section; `size` is the message's, in bytes.
    """

    rcode: str
    flags: tuple[str, ...]
    answers: tuple[str, ...]
    authority: tuple[str, ...]
    additional: tuple[str, ...]
    counts: tuple[int, int, int]
    serial: int | None
    size: int
