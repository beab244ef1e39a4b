"""The service manager's desk: what people say, decide and promise beside what was measured.

All of it is read from the register's entries (`Desk.of`); nothing here writes, and nothing here changes a figure.
"""

from slamon.desk.folding import Desk
from slamon.desk.things import (
    Action,
    ActionState,
    Channel,
    Complaint,
    ComplaintState,
    Expectation,
    Improvement,
    Remark,
    Review,
    Satisfaction,
    Scale,
)

__all__ = [
    "Action",
    "ActionState",
    "Channel",
    "Complaint",
    "ComplaintState",
    "Desk",
    "Expectation",
    "Improvement",
    "Remark",
    "Review",
    "Satisfaction",
    "Scale",
]
