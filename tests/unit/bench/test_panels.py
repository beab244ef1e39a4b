"""The bench of the dashboards' queries: its table, and that a slow query is told."""

from bench.panels import Took, table

FOUND = [Took("a", "quick A", 0.002, 0.001, 3), Took("a", "slow B", 0.2, 0.1, 400), Took("b", "only A", 0.01, 0.01, 1)]


def test_the_table_tells_the_slowest_of_each_dashboard_and_how_many_were_too_slow() -> None:
    text = table(FOUND, 1000, 1.25)

    assert "1,000 checks, 3 queries" in text
    assert "Over 100 ms: 1. Load meanwhile: 1.2" in text
    assert "| `a` | 2 | 101.0 ms | 200.0 ms | 100 ms | slow B | 400 |" in text
    assert "| `b` | 1 | 10.0 ms | 10.0 ms | 10 ms | only A | 1 |" in text
