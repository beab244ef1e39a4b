"""Step functions of time."""

from bisect import bisect_left, bisect_right

BEGINNING = -(1 << 62)
"""Before every instant."""

Change = tuple[int, int]
"""(instant, code): the code holds from the instant on."""


class Steps:
    """A step function of time: `codes[i]` holds from `times[i]` on; `times[0]` is `BEGINNING`."""

    __slots__ = ("codes", "times")

    def __init__(self, code: int) -> None:
        self.times: list[int] = [BEGINNING]
        self.codes: list[int] = [code]

    def add(self, at: int, code: int) -> None:
        """`code` holds from `at` on; `at` is not before the last step."""
        if self.times[-1] == at:
            self.codes[-1] = code
            if len(self.codes) > 1 and self.codes[-2] == code:
                del self.times[-1], self.codes[-1]
        elif self.codes[-1] != code:
            self.times.append(at)
            self.codes.append(code)

    def at(self, instant: int) -> int:
        """The code that holds at an instant."""
        return self.codes[bisect_right(self.times, instant) - 1]

    def since(self, instant: int) -> int | None:
        """From when on the code that holds at an instant does; None: from the beginning."""
        i = bisect_right(self.times, instant) - 1
        return None if i == 0 else self.times[i]

    def after(self, instant: int) -> int:
        """When the next step after an instant is; after every instant where there is none."""
        i = bisect_right(self.times, instant)
        return self.times[i] if i < len(self.times) else -BEGINNING

    def between(self, start: int, end: int) -> list[Change]:
        """The code at `start` and the changes after it and before `end`."""
        times, codes = self.times, self.codes
        i = bisect_right(times, start)
        out = [(start, codes[i - 1])]
        while i < len(times) and times[i] < end:
            out.append((times[i], codes[i]))
            i += 1
        return out

    def cut(self, at: int) -> None:
        """Forgets the steps at and after `at`; the code before it goes on."""
        i = max(bisect_left(self.times, at), 1)
        del self.times[i:], self.codes[i:]


class SpanLog:
    """Spans in order of their starts, with running sums of their lengths. They may overlap."""

    __slots__ = ("_ends", "_longest", "_starts", "_sums")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._sums = [0]
        self._longest = 0

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, start: int, end: int) -> None:
        """Adds a span that does not start before the last one."""
        self._starts.append(start)
        self._ends.append(end)
        self._sums.append(self._sums[-1] + end - start)
        self._longest = max(self._longest, end - start)

    def keep(self, count: int) -> None:
        """Forgets all but the first `count`."""
        del self._starts[count:], self._ends[count:], self._sums[count + 1 :]

    def cut(self, at: int) -> None:
        """Forgets those that start at or after `at`."""
        self.keep(bisect_left(self._starts, at))

    def within(self, start: int, end: int) -> tuple[int, int]:
        """How many reach into [start, end), and their summed time in it."""
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        count, length = high - low, self._sums[high] - self._sums[low]
        i = high - 1
        while i >= low and self._starts[i] > end - self._longest:
            length -= max(self._ends[i] - end, 0)
            i -= 1
        i = low - 1
        while i >= 0 and self._starts[i] > start - self._longest:
            inside = min(self._ends[i], end) - start
            if inside > 0:
                count, length = count + 1, length + inside
            i -= 1
        return count, length
