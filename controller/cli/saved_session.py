"""Stores the session of `hallkeeper sign-in`: a file for each controller, readable by its owner only."""

import os
import re
from pathlib import Path

import msgspec
import typer


class SavedSession(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in. ``server``: the only controller that the token is sent to."""

    server: str
    user: str
    token: str


def place(server: str) -> Path:
    """The file for a controller's address, in the user's settings directory (XDG base directories)."""
    return _folder() / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', server.rstrip('/'))}.json"


def load(server: str = "") -> SavedSession | None:
    """Who has signed in at a controller; without one, who has signed in last; ``None`` where nobody has. Raises
    ``typer.BadParameter`` for a file that cannot be read."""
    files = [place(server)] if server else sorted(_folder().glob("*.json"), key=_signed_in_at, reverse=True)
    for file in files:
        try:
            session = msgspec.json.decode(file.read_bytes(), type=SavedSession)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, msgspec.MsgspecError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is damaged"
            raise typer.BadParameter(f"{file} cannot be read: {why}; sign in with `hallkeeper sign-in`") from error
        if not server or session.server == server.rstrip("/"):
            return session
    return None


def keep(session: SavedSession) -> Path:
    """Replace the session that was saved for this controller; others can read it at no moment. Raises ``OSError``."""
    file = place(session.server)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(msgspec.json.encode(session) + b"\n")
    new.replace(file)
    return file


def forget(server: str) -> None:
    """As if nobody had signed in at a controller. Raises ``OSError``."""
    place(server).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(typer.get_app_dir("hallkeeper")) / "sessions"


def _signed_in_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
