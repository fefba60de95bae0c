"""``hallkeeper sessions``, ``tokens`` and ``displays``: where you and screens are signed in, over HTTP."""

import sys
from typing import Any, Literal

import typer

from controller.platform.cli.client import ApiClient
from controller.platform.cli.table import argument, group, option, row


def typed_password(asked: str = "Password", *, twice: bool = False, optional: bool = False) -> str:
    """A password, asked for or from the next line of standard input."""
    if sys.stdin.isatty():
        default = "" if optional else None
        return str(typer.prompt(asked, hide_input=True, confirmation_prompt=twice, default=default, show_default=False))
    return sys.stdin.readline().rstrip("\r\n")


def _new_token(caller: ApiClient, given: Any) -> object:
    body = {"current": typed_password("Your password", optional=True) or None, "scopes": given.scope or None}
    return body | {"name": given.name, "until": given.until, "read_only": given.read_only}


def _limits(token: Any) -> str:
    allowed = "all you may do" if token.scopes is None else ", ".join(token.scopes)
    return f"{allowed}, read only" if token.read_only else allowed


def _show_display(caller: ApiClient, made: Any, given: Any) -> None:
    page = made.link.partition("#")[0]
    caller.say(f"Open {page} on the device and type {made.code[:4]} {made.code[4:]}, or open {made.link} there.")


sessions = group(
    "Where you are signed in.",
    row(
        "list GET /sessions",
        "List your sessions, the one used last first.",
        columns="Session id; With; From address|'not known'; By method; Since created_at; Last used last_used_at",
        cells={"With": lambda it: f"{it.browser or 'not known'}{' (here)' if it.here else ''}"},
    ),
    row(
        "end DELETE /sessions/{session}",
        "End one of your sessions. `hallkeeper sign-out --others` ends all but this one.",
        argument("session", "Its id; `list` shows it.", metavar="ID"),
        say="The session has ended.",
    ),
)
tokens = group(
    "API tokens, by which programs act as you.",
    row(
        "list GET /tokens",
        "List your tokens, by name. What they are is not shown again.",
        columns="Token id; Name name; For; Last used last_used_at; Ends expires_at",
        cells={"For": _limits},
        empty="You have no tokens.",
    ),
    row(
        "make POST /tokens",
        "Make a token, and print it alone on a line. It is shown this once. Your password is asked for, or read from"
        " the first line of standard input; leave it empty within 15 minutes of signing in by mail or passkey.",
        "name: What it is for, such as “cleaning rota”.",
        "--until!: Its last day, such as 2027-03-31; at most a year ahead.",
        option(
            "scope", "An action it is for, such as book; several times. Else all you may do.", list[str] | None, None
        ),
        "--read-only?: It changes nothing.",
        fill=_new_token,
        say="{it.token}",
    ),
    row(
        "end DELETE /tokens/{token_id}",
        "End one of your tokens, at once.",
        argument("token_id", "Its id; `list` shows it.", metavar="ID"),
        say="The token has ended.",
    ),
)
displays = group(
    "Tablets at doors and screens in foyers: list, pair, end.",
    row(
        "list GET /sites/{site}/displays",
        "List a site's displays, by name.",
        columns="Display id; Name name; Kind kind; Space space; Paired; Last seen last_seen_at; From address",
        cells={"Paired": lambda it: it.paired_at or f"waits for its code until {it.code_until}"},
        empty="The site has no displays.",
    ),
    row(
        "add POST /sites/{site}/displays",
        "Make a display, and print the code to type on the device within ten minutes.",
        "name: What it is called, such as “Hall door”.",
        option(
            "kind",
            "A room hangs beside its door, a tablet takes check-ins, a wall shows the diary, alerts what needs"
            " somebody at several sites.",
            Literal["tablet", "room", "wall", "alerts"],
        ),
        "--space: At whose door a tablet hangs, such as hall.",
        option(
            "of",
            "A site whose alerts are shown; may be repeated. Left out, all sites.",
            list[str] | None,
            None,
            sent_as="sites",
        ),
        show=_show_display,
    ),
    row(
        "end DELETE /sites/{site}/displays/{display}",
        "End a display, at once.",
        argument("display", "Its id; `list` shows it.", metavar="ID"),
        say="The display has ended.",
    ),
)
