"""How far a long command is: a line rewritten on a terminal, a line each 10 % in a log."""

from __future__ import annotations

from typing import Any

STEP = 10


class Progress:
    """Prints percentages of ``total`` on a stream; silent for short work."""

    def __init__(self, stream: Any, *, more_than: int, of: str = "schools") -> None:
        """Print on ``stream`` when there are more than so many pieces of work."""
        self._stream = stream
        self._more_than = more_than
        self._of = of
        self._printed = 0

    def __call__(self, done: int, total: int) -> None:
        """Tell that so many of so many are done."""
        percent = 100 * done // total
        if total <= self._more_than or percent == self._printed:
            return
        if self._stream.isatty():
            end = "\n" if done == total else ""
            self._stream.write(f"\r{percent} % of {total} {self._of}", ending=end)
        elif percent // STEP > self._printed // STEP:
            self._stream.write(f"{percent} % of {total} {self._of}")
        else:
            return
        self._stream.flush()
        self._printed = percent
