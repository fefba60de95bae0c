"""Where `hallkeeper sign-in` keeps whose commands these are: a file that only its owner reads."""

import os
from pathlib import Path

import msgspec
import typer


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in. ``server``: the only controller that the token is sent to."""

    server: str
    user: str
    token: str


def place() -> Path:
    """Beside the settings of the owner's other programs (XDG base directories)."""
    return Path(typer.get_app_dir("hallkeeper")) / "session.json"


def kept() -> Session | None:
    """Who has signed in; ``None`` where nobody has. Raises ``typer.BadParameter`` for a file that cannot be read."""
    try:
        return msgspec.json.decode(place().read_bytes(), type=Session)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, msgspec.MsgspecError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is damaged"
        raise typer.BadParameter(f"{place()} cannot be read: {why}; sign in anew with `hallkeeper sign-in`") from error


def keep(session: Session) -> Path:
    """Put it in the place of whoever had signed in before; at no moment can others read it. Raises ``OSError``."""
    file = place()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(msgspec.json.encode(session) + b"\n")
    new.replace(file)
    return file


def forget() -> None:
    """As if nobody had signed in. Raises ``OSError``."""
    place().unlink(missing_ok=True)
