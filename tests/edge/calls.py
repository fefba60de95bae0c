"""Which threads call a function."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def threads_that_call(function: Callable[..., object]) -> Iterator[set[str]]:
    """The names of threads that call ``function`` meanwhile: of this one, and of those that begin meanwhile."""
    found = set[str]()

    def heard(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is getattr(function, "__code__", None):
            found.add(threading.current_thread().name)

    before = sys.getprofile(), threading.getprofile()
    sys.setprofile(heard)
    threading.setprofile(heard)
    try:
        yield found
    finally:
        sys.setprofile(before[0])
        threading.setprofile(before[1])
