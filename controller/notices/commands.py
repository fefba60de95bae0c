"""``hallkeeper notices``: mails and text messages to the people who booked."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, read_file
from controller.platform.cli.table import Below, Function, argument, group, option, row

Kind = Annotated[str, typer.Argument(help="What it tells, such as confirmed; `list` shows all.")]
_SPOKEN = {"mail": "mail", "sms": "text message", "both": "mail and text message", "none": "not at all"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PARTY = option("party", "Of the contact of this party; without it, your own.", str, "")
_ACCOUNTS = argument("site", "The site, such as ramsey; none for mails about accounts.", str, "")
_PREFERENCES = "/parties/{party}/notice-preferences|/session/notice-preferences"
_BOUNCED = "/sites/{site}/bounced-addresses|/bounced-addresses"


def list_templates(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List the kinds of notices of SITE, and which of them have a wording of their own; the fields of a wording."""
    found = caller.found(caller.answer("GET", f"/sites/{site}/notice-templates"), as_json=as_json)
    rows = [(each.kind, each.subject, "its own" if each.text else "as usual") for each in found.items]
    output.show(caller.console, ("Kind", "Subject", "Wording"), rows)
    for name, text in vars(found.fields).items():
        caller.say(f"{{{{ {name} }}}}: {text}")


def show_template(caller: ApiClient, site: SiteArg, kind: Kind) -> None:
    """Print the wording of a kind, to be edited as a file."""
    caller.say(_template(caller, site, kind).text or "{{ message }}")


def preview(
    caller: ApiClient,
    site: SiteArg,
    kind: Kind,
    file: Annotated[Path | None, typer.Option(help="The wording to try; without it the present one.")] = None,
    booking: Annotated[str | None, typer.Option(help="On which booking; without it the next one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a mail as it would be about a real booking. Sends nothing, changes nothing."""
    text = read_file(file).decode("utf-8", "replace") if file else _template(caller, site, kind).text or None
    body = {"text": text, "booking": booking}
    answer = caller.answer("POST", f"/sites/{site}/notice-templates/{kind}/preview", body)
    shown = caller.found(answer, as_json=as_json)
    caller.say(f"Subject: {shown.subject}\n\n{shown.text}")


def put_template(
    caller: ApiClient,
    site: SiteArg,
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="Plain text with fields, such as {{ message }}.")],
) -> None:
    """Have the mails of a kind worded as in FILE, from the next one on."""
    text, before = read_file(file).decode("utf-8", "replace"), _template(caller, site, kind)
    body = {"text": text, "version": before.version}
    caller.answer("PUT", f"/sites/{site}/notice-templates/{kind}", body)
    caller.say(f"“{before.subject}” of {site} has its own wording now. `remove` brings the usual one back.")


def remove_template(caller: ApiClient, site: SiteArg, kind: Kind) -> None:
    """Have the mails of a kind worded as usual again."""
    before = _template(caller, site, kind)
    caller.answer("DELETE", f"/sites/{site}/notice-templates/{kind}", version=str(before.version))
    caller.say(f"“{before.subject}” of {site} is worded as usual.")


def _template(caller: ApiClient, site: str, kind: str) -> Any:
    found = caller.found(caller.answer("GET", f"/sites/{site}/notice-templates")).items
    for each in found:
        if each.kind == kind:
            return each
    raise typer.BadParameter(f"there is no kind {kind!r}; there are {', '.join(each.kind for each in found)}")


def done(
    caller: ApiClient,
    site: SiteArg,
    notice: Annotated[str, typer.Argument(help="Its id; `list` shows it.")],
    undo: Annotated[bool, typer.Option("--undo", help="Put it back on the list.")] = False,
) -> None:
    """Tick one off: you have rung."""
    left = caller.found(caller.answer("DELETE" if undo else "PUT", f"/sites/{site}/calls/{notice}"))
    said = "It is on the list again; {} to ring." if undo else "It is ticked off; {} left to ring."
    caller.say(said.format(len(left.items)))


def _weekdays(caller: ApiClient, given: Any) -> object:
    names = [] if given.days == "none" else given.days.lower().split(",")
    if wrong := [each for each in names if each not in _DAYS]:
        caller.refuse(f"{wrong[0]!r} is no weekday; give some of {','.join(_DAYS)}, or none")
    return {"weekdays": [_DAYS.index(each) + 1 for each in names], "hour": given.hour}


def _show_digest(caller: ApiClient, found: Any, given: Any) -> None:
    caller.say(f"It comes next at {found.next_at}." if found.next_at else "It does not come.")
    caller.say(found.text or "There is nothing to say now, and then no mail is sent.")


def _show_status(caller: ApiClient, found: Any, given: Any) -> None:
    if not found.sends:
        caller.say("Neither a mail server nor an SMS gateway is set up, so nothing is sent: docs/notices.md.")
        return
    status = f"paused since {found.paused_at}" if found.paused_at else "being sent"
    caller.say(f"Notices are {status}; {found.waiting} waiting.")


def _show_preferences(caller: ApiClient, found: Any, given: Any) -> None:
    rows = (
        (each.kind, each.subject, _SPOKEN[each.by], "cannot be switched off" if each.required else each.when)
        for each in found.items
    )
    if not output.show(caller.console, ("Kind", "Notice", "Comes by", ""), rows):
        caller.say("There is no address to which notices could go.")


def _rung(call: Any) -> str:
    if call.called_at:
        return f"{call.called_at} {call.called_by}"
    return f"no answer, {call.tries} times, last {call.tried_at}" if call.tries else ""


template = group(
    "A site's own wording of its mails.",
    Function("list", list_templates),
    Function("show", show_template),
    Function("preview", preview),
    Function("put", put_template),
    Function("remove", remove_template),
)
digest = group(
    "Your own digest of a site: a mail of what waits for you.",
    row(
        "show GET /sites/{site}/notice-digest",
        "Show when your digest of SITE comes, and what it would say now.",
        show=_show_digest,
    ),
    row(
        "put PATCH /sites/{site}/notice-digest",
        "Have your digest of SITE come on these days.",
        "days: Such as mon,tue,wed; none, and it no longer comes.",
        option("hour", "By the site's clock.", int, 7, min=0, max=23),
        fill=_weekdays,
        show=_show_digest,
    ),
)
preferences = group(
    "Which notices come, and how.",
    row(f"list GET {_PREFERENCES}", "List the kinds of notices and how they come.", _PARTY, show=_show_preferences),
    row(
        f"put PATCH {_PREFERENCES}",
        "Choose how notices of a kind come. What brings the door code cannot be switched off.",
        "kind: The kind, such as reminder, from the list.",
        argument("by", "How notices of that kind are to come.", Literal["mail", "sms", "both", "none"]),
        _PARTY,
        fill=lambda _, given: {"choices": {given.kind: given.by}},
        show=_show_preferences,
    ),
)
calls = group(
    "Whom to ring, since no mail and no text message reaches them.",
    row(
        "list GET /sites/{site}/calls",
        "List whom to ring, what begins first at the top.",
        "--called?: Those about whom somebody has rung instead.",
        columns="Id id; Ring phone|'no number'; Name name; What for text; Due due_at; Rung",
        cells={"Rung": _rung},
        empty="There is nobody to ring.",
    ),
    row(
        "add POST /sites/{site}/calls",
        "Put somebody on the list by hand.",
        "name: Whom to ring.",
        "phone: Their number.",
        "--why!: What to say or ask.",
        "--by!=due: By when, by the site's clock, such as 2026-11-26T17:00.",
        show=lambda caller, left, given: caller.say(f"{given.name} is on the list; {len(left.items)} to ring."),
    ),
    row(
        "no-answer POST /sites/{site}/calls/{call}/no-answer",
        "Note that you have rung and nobody answered; it stays on the list.",
        "call: Its id; `list` shows it.",
        say="It is noted, and stays on the list.",
    ),
    Function("done", done),
)
app = group(
    "Mails and text messages to the people who booked.",
    row(
        "list GET /sites/{site}/notices",
        "List a site's notices, the newest first, with what the server said.",
        option("state", "Only those waiting, sending, sent, failed, skipped or no_address.", str, ""),
        option("to", "Only those to an address or number with this part.", str, ""),
        columns="Notice id; When ended_at|due_at; State state; To contact_address; Subject subject; Mail server reply",
        empty="No notices. They are written once a mail server or an SMS gateway is set up: docs/notices.md.",
    ),
    row(
        "status GET /sites/{site}/notices/status",
        "Show whether a site's notices are paused, and how many wait.",
        show=_show_status,
    ),
    row("pause POST /sites/{site}/notices/pause", "Send no notice of a site until it is resumed.", show=_show_status),
    row("resume POST /sites/{site}/notices/resume", "Send what waits.", show=_show_status),
    row(
        "retry POST /sites/{site}/notices/{notice}/retry",
        "Send a failed notice again, with what is to tell now.",
        "notice: The notice's id, from the list.",
        say="It is sent again now.",
    ),
    row(
        f"bounced GET {_BOUNCED}",
        "List addresses that are not written to, since a mail came back.",
        _ACCOUNTS,
        columns="Id id; Since at; Address contact_address; Party party; Mail server reply",
        empty="No address is marked: no mail came back.",
    ),
    row(
        "clear DELETE /sites/{site}/bounced-addresses/{bounced_address}|/bounced-addresses/{bounced_address}",
        "Write to an address again from which a mail came back.",
        "bounced_address: The id of the address, from the list of those bounced.",
        _ACCOUNTS,
        say="It is written to again.",
    ),
    Below("template", template),
    Below("digest", digest),
    Below("preferences", preferences),
    Below("calls", calls),
)
