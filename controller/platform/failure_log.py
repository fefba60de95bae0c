"""What is looked at again and again is logged once when it begins to fail, not each time."""

import logging
from types import TracebackType


class FailureLog:
    """``message``: what is not known, with a place for what it is about, such as "%s is not known"."""

    def __init__(self, log: logging.Logger, message: str) -> None:
        self._log = log
        self._message = message
        self._failing: set[str] = set()

    def catching(self, about: str) -> "Attempt":
        """Go on after a failure of what is inside, and log it if the last time did not fail."""
        return Attempt(self, about)

    def note(self, about: str, failure: Exception | None) -> None:
        if failure is None:
            self._failing.discard(about)
            return
        if about not in self._failing:
            self._log.error(self._message, about, exc_info=failure)
        self._failing.add(about)


class Attempt:
    """A context that swallows exceptions, but for those that end the program."""

    def __init__(self, log: FailureLog, about: str) -> None:
        self._log = log
        self._about = about

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        self._log.note(self._about, error)
        return True
