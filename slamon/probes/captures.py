"""What patterns captured in a dialogue, and texts with it put in."""

import re

from slamon.catalogue.probe_options import CAPTURE


class Captures:
    """By number and by name; later ones replace earlier ones."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def take(self, match: "re.Match[bytes]", pattern: "re.Pattern[bytes]") -> None:
        """Keep what a match captured."""
        names = {number: name for name, number in pattern.groupindex.items()}
        for number, group in enumerate(match.groups(), 1):
            captured = (group or b"").decode("utf-8", "replace")
            self._found[str(number)] = captured
            if number in names:
                self._found[_text(names[number])] = captured

    def filled(self, text: str) -> str:
        """With the captures put in, in one pass: what a stranger wrote is no template."""
        return CAPTURE.sub(lambda found: self._found.get(found.group(1), found.group()), text)


def _text(name: str | bytes) -> str:
    """RE2 names the groups of a pattern over bytes in bytes."""
    return name.decode() if isinstance(name, bytes) else name
