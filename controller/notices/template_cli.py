"""``hallkeeper notices template``: a site's own wording of its mails."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.notices.template_routes import NoticePreviewRead, NoticeTemplateList, NoticeTemplateRead
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, read_file, takes_client

app = command_group("A site's own wording of its mails.")

Kind = Annotated[str, typer.Argument(help="What it tells, such as confirmed; `list` shows all.")]
_JSON = "application/json"


@app.command("list")
@takes_client
def list_templates(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List the kinds of notices of SITE, and which of them have a wording of their own; the fields of a wording."""
    found = caller.ask(f"/sites/{site}/notice-templates", NoticeTemplateList, as_json=as_json)
    rows = [(each.kind, each.subject, "its own" if each.text else "as usual") for each in found.items]
    output.show(caller.console, ("Kind", "Subject", "Wording"), rows)
    for name, text in found.fields.items():
        caller.say(f"{{{{ {name} }}}}: {text}")


@app.command()
@takes_client
def show(caller: ApiClient, site: SiteArg, kind: Kind) -> None:
    """Print the wording of a kind, to be edited as a file."""
    found = _read(caller, site, kind)
    caller.say(found.text or "{{ message }}")


@app.command()
@takes_client
def preview(
    caller: ApiClient,
    site: SiteArg,
    kind: Kind,
    file: Annotated[Path | None, typer.Option(help="The wording to try; without it the present one.")] = None,
    booking: Annotated[str | None, typer.Option(help="On which booking; without it the next one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a mail as it would be about a real booking. Sends nothing, changes nothing."""
    text = read_file(file).decode("utf-8", "replace") if file is not None else _read(caller, site, kind).text or None
    body = msgspec.json.encode({"text": text, "booking": booking})
    answer = caller.post(f"/sites/{site}/notice-templates/{kind}/preview", body, _JSON, msgspec.Raw)
    shown = caller.answered(answer, NoticePreviewRead, as_json=as_json)
    caller.say(f"Subject: {shown.subject}\n\n{shown.text}")


@app.command()
@takes_client
def put(
    caller: ApiClient,
    site: SiteArg,
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="Plain text with fields, such as {{ message }}.")],
) -> None:
    """Have the mails of a kind worded as in FILE, from the next one on."""
    text, before = read_file(file).decode("utf-8", "replace"), _read(caller, site, kind)
    body = msgspec.json.encode({"text": text, "version": before.version})
    caller.put(f"/sites/{site}/notice-templates/{kind}", body, _JSON, NoticeTemplateRead)
    caller.say(f"“{before.subject}” of {site} has its own wording now. `remove` brings the usual one back.")


@app.command()
@takes_client
def remove(caller: ApiClient, site: SiteArg, kind: Kind) -> None:
    """Have the mails of a kind worded as usual again."""
    before = _read(caller, site, kind)
    path, version = f"/sites/{site}/notice-templates/{kind}", str(before.version)
    caller.taken_away(path, NoticeTemplateRead, version=version)
    caller.say(f"“{before.subject}” of {site} is worded as usual.")


def _read(caller: ApiClient, site: str, kind: str) -> NoticeTemplateRead:
    found = caller.get(f"/sites/{site}/notice-templates", NoticeTemplateList).items
    for each in found:
        if each.kind == kind:
            return each
    raise typer.BadParameter(f"there is no kind {kind!r}; there are {', '.join(str(each.kind) for each in found)}")
