"""Write the dashboards into grafana/dashboards, each as the classic JSON that Grafana provisions from files."""

import sys
from pathlib import Path

from grafana.boards import documents

FOLDER = Path(__file__).parent / "dashboards"


def main() -> int:
    for uid, text in documents().items():
        (FOLDER / f"{uid}.json").write_text(text, encoding="utf-8")
        print(FOLDER / f"{uid}.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
