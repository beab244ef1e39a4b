"""The probe kinds there are: a row each, with the options that a catalogue gives, and what the kind does."""

from typing import NamedTuple

from slamon.catalogue.base import Options
from slamon.catalogue.probe_options import HttpOptions, TcpOptions


class Row(NamedTuple):
    """A kind: the model of its options, and what it does, in a line."""

    options: type[Options]
    meaning: str


ROWS = {
    "http": Row(HttpOptions, "Probe by http or https"),
    "tcp": Row(TcpOptions, "Probe by a tcp connection"),
}
