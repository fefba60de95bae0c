"""Which of our files and functions a piece of work passes: what somebody who follows it has to read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

import controller
import edge

_ROOTS = tuple(str(Path(package.__path__[0])) + "/" for package in (controller, edge))


class Passed:
    """What was run under `recording`, on the event loop's thread."""

    def __init__(self) -> None:
        self._codes: set[CodeType] = set()

    def _see(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self._codes.add(frame.f_code)

    @contextmanager
    def recording(self) -> Iterator[None]:
        sys.setprofile(self._see)
        try:
            yield
        finally:
            sys.setprofile(None)

    @property
    def functions(self) -> set[tuple[str, str]]:
        """File and qualified name of every function below ``controller/`` and ``edge/``; lambdas are such, and so
        are comprehensions as far as Python makes functions of them (3.11: all, 3.12 and later: generators)."""
        ours = (code for code in self._codes if code.co_filename.startswith(_ROOTS) and code.co_name != "<module>")
        return {(_short(code.co_filename), code.co_qualname) for code in ours}

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.functions}


def _short(file: str) -> str:
    root = next(each for each in _ROOTS if file.startswith(each))
    return f"{Path(root).name}/{file.removeprefix(root)}"
