"""Which of our files and functions a piece of work passes: what somebody who follows it has to read."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

import controller
import edge

_COMPREHENSION = re.compile(r"\.?<(listcomp|setcomp|dictcomp|genexpr)>")
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
        """File and qualified name of every function below ``controller/`` and ``edge/``, lambdas and nested ``def``
        included. A comprehension or generator expression belongs to the function that contains it, on every Python
        version: some versions run it as a function of its own, others do not."""
        ours = (code for code in self._codes if code.co_filename.startswith(_ROOTS) and code.co_name != "<module>")
        named = {(_short(code.co_filename), _containing(code.co_qualname)) for code in ours}
        return {(file, name) for file, name in named if name}

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.functions}


def _containing(name: str) -> str:
    """The function that a comprehension belongs to; empty for one at the top of a module."""
    return _COMPREHENSION.sub("", name).removesuffix(".<locals>")


def _short(file: str) -> str:
    root = next(each for each in _ROOTS if file.startswith(each))
    return f"{Path(root).name}/{file.removeprefix(root)}"
