"""``httpx`` for the controller and its commands; only this module imports it.

Without the command line that it comes with, which loads Rich and Pygments: 0.1 s of CPU and 8 MB in a server that has
no use for them. ``httpx`` does without it where it cannot be imported, as with Rich not installed.
"""

import sys

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as the import system takes it: not to be had

import httpx  # noqa: E402

__all__ = ["httpx"]
