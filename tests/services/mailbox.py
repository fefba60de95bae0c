"""A folder for mail programs that run as users of their own, and so cannot look into pytest's."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """One that every user may enter, removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="hallkeeper-mail-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
