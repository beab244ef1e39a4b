"""Pictures of the dashboards for the manual, from the panels' own queries: `python -m grafana.pictures URL FOLDER`.

They show what the panels answer, drawn by `grafana.drawn`; Grafana draws them its own way. Needs `rsvg-convert`.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from grafana.boards import dashboards
from grafana.drawn import FAINT, INK, Box, Series, drawn, text
from grafana.png import reduced

WIDE, NARROW, ROW, GAP, HEAD = 1240, 420, 30, 8, 44
POINTS = 240
SPANS = {"h": 3600, "d": 86400}
LIVE_S = 1200
LIVE = ("Phases of the newest probe", "Newest probe")
"""What only a running demo has something to show of, as all of Fleet: it is shown of the last minutes."""

SHOWN_S = {"slamon-fleet": LIVE_S, "slamon-overview": 4 * 86400, "slamon-service": 4 * 86400}
"""How much is shown of others, where it is not what Grafana begins with."""


class Source:
    """A Prometheus, asked as Grafana asks it."""

    def __init__(self, url: str, values: Mapping[str, str], at: float) -> None:
        self._url, self._values, self._at = url, values, at

    def answers(
        self, board: Mapping[str, Any], panel: Mapping[str, Any]
    ) -> tuple[list[list[Series]], tuple[float, float]]:
        """Every query of a panel, and the span that it shows."""
        number, unit = re.fullmatch(r"now-(\d+)([hd])", board["time"]["from"]).groups()  # type: ignore[union-attr]
        length = SHOWN_S.get(board["uid"], int(number) * SPANS[unit])
        if panel["title"] in LIVE:
            length = LIVE_S
        return [self._answer(target, length) for target in panel["targets"]], (self._at - length, self._at)

    def _answer(self, target: Mapping[str, Any], length: int) -> list[Series]:
        least = {"": 1, "1h": 3600, "1d": 86400}[target.get("interval", "")]
        step = max(-(-length // POINTS // 60) * 60, least, 60) if length > 3600 else 10
        around = max(4 * 300, 2 * step) if length > 3600 else 60
        more = {"__interval": f"{step}s", "__rate_interval": f"{around}s", "__range": f"{length}s"}
        known = {**self._values, **more}
        expression = re.sub(r"\$(\w+)", lambda found: known.get(found[1], found[0]), target["expr"])
        if target["instant"]:
            asked = {"query": expression, "time": str(self._at)}
            return self._get("query", asked)
        end = self._at // step * step
        return self._get(
            "query_range", {"query": expression, "start": str(end - length), "end": str(end), "step": str(step)}
        )

    def _get(self, path: str, asked: Mapping[str, str]) -> list[Series]:
        answer = requests.get(f"{self._url}/api/v1/{path}", params=dict(asked), timeout=60).json()
        if answer["status"] != "success":
            raise SystemExit(f"{asked['query']}: {answer['error']}")
        return list(answer["data"]["result"])


def picture(board: Mapping[str, Any], source: Source, chosen: str, *, narrow: bool = False) -> str:
    """A whole dashboard; `narrow`: as a phone stacks it."""
    width = NARROW if narrow else WIDE
    out, y, bottom = [], float(HEAD), float(HEAD)
    for panel in board["panels"]:
        place = panel["gridPos"]
        if narrow:
            box = Box(GAP, y, width - 2 * GAP, place["h"] * ROW - GAP)
            y += place["h"] * ROW
        else:
            column = (width - GAP) / 24
            box = Box(
                GAP + place["x"] * column, HEAD + place["y"] * ROW, place["w"] * column - GAP, place["h"] * ROW - GAP
            )
        bottom = max(bottom, box.y + box.h + GAP)
        answers, span = source.answers(board, panel)
        out += drawn(panel, answers, box, span)
    head = [
        text(GAP + 2, 28, board["title"], size=18, bold=True, colour=INK),
        text(width - GAP, 28, chosen, size=12, colour=FAINT, anchor="end"),
    ]
    size = f'width="{width}" height="{bottom:.0f}" viewBox="0 0 {width} {bottom:.0f}"'
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans, sans-serif">'
    return "".join([frame, '<rect width="100%" height="100%" fill="#f4f5f7"/>', *head, *out, "</svg>"])


def write(svg: str, file: Path) -> None:
    """As a small PNG."""
    words = ["rsvg-convert", "--format=png", "--zoom=0.8"]
    drawn_ = subprocess.run(words, input=svg.encode(), check=True, capture_output=True)
    file.write_bytes(reduced(drawn_.stdout))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m grafana.pictures", description=__doc__)
    parser.add_argument("url", help="a Prometheus with the demo's data")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--at", type=float, default=time.time(), help="the moment that they are taken, in s")
    parser.add_argument("--choose", type=json.loads, default={}, help="values of variables, as JSON")
    words = parser.parse_args()
    values = dict.fromkeys(("customer", "check", "instance", "service", "agreement"), ".+") | words.choose
    source = Source(words.url, values, words.at)
    chosen = ", ".join(f"{key}: {value}" for key, value in words.choose.items()) or "all"
    for board in dashboards():
        uid = board["uid"].removeprefix("slamon-")
        picked = chosen if uid in ("service", "agreement") else "all"
        of = (
            source
            if uid in ("service", "agreement")
            else Source(words.url, values | dict.fromkeys(words.choose, ".+"), words.at)
        )
        write(picture(board, of, picked), words.folder / f"{uid}.png")
        if uid == "overview":
            write(picture(board, of, picked, narrow=True), words.folder / f"{uid}-phone.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
