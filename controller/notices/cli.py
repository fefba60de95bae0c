"""``hallkeeper notices``: mails and text messages to the people who booked."""

from typing import Annotated

import typer

from controller.notices import call_cli, digest_cli, preference_cli, template_cli
from controller.notices.bounces.schemas import BouncedAddressPage
from controller.notices.schemas import NoticePage, NoticeRead, NoticeStatus
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client

app = command_group("Mails and text messages to the people who booked.")

app.add_typer(template_cli.app, name="template")
app.add_typer(digest_cli.app, name="digest")
app.add_typer(preference_cli.app, name="preferences")
app.add_typer(call_cli.app, name="calls")

SiteName = Annotated[str, typer.Argument(help="The site, such as ramsey.")]


@app.command("list")
@takes_client
def list_notices(
    caller: ApiClient,
    site: SiteName,
    state: Annotated[str, typer.Option(help="Only those waiting, sending, sent, failed, skipped or no_address.")] = "",
    to: Annotated[str, typer.Option(help="Only those to an address or number with this part.")] = "",
    as_json: AsJson = False,
) -> None:
    """List a site's notices, the newest first, with what the server said."""
    query = {name: value for name, value in (("state", state), ("to", to)) if value}
    items = caller.ask(f"/sites/{site}/notices", NoticePage, as_json=as_json, **query).items
    rows = (
        (each.id, each.ended_at or each.due_at, str(each.state), each.contact_address, each.subject, each.reply)
        for each in items
    )
    if not output.show(caller.console, ("Notice", "When", "State", "To", "Subject", "Mail server"), rows):
        caller.say("No notices. They are written once a mail server or an SMS gateway is set up: docs/notices.md.")


@app.command()
@takes_client
def status(caller: ApiClient, site: SiteName, as_json: AsJson = False) -> None:
    """Show whether a site's notices are paused, and how many wait."""
    _show(caller, caller.ask(f"/sites/{site}/notices/status", NoticeStatus, as_json=as_json))


@app.command()
@takes_client
def pause(caller: ApiClient, site: SiteName) -> None:
    """Send no notice of a site until it is resumed."""
    _show(caller, caller.post(f"/sites/{site}/notices/pause", b"", "application/json", NoticeStatus))


@app.command()
@takes_client
def resume(caller: ApiClient, site: SiteName) -> None:
    """Send what waits."""
    _show(caller, caller.post(f"/sites/{site}/notices/resume", b"", "application/json", NoticeStatus))


@app.command()
@takes_client
def retry(
    caller: ApiClient, site: SiteName, notice: Annotated[str, typer.Argument(help="The notice's id, from the list.")]
) -> None:
    """Send a failed notice again, with what is to tell now."""
    caller.post(f"/sites/{site}/notices/{notice}/retry", b"", "application/json", NoticeRead)
    caller.say("It is sent again now.")


@app.command()
@takes_client
def bounced(
    caller: ApiClient,
    site: Annotated[str, typer.Argument(help="The site, such as ramsey; none for mails about accounts.")] = "",
    as_json: AsJson = False,
) -> None:
    """List addresses that are not written to, since a mail came back."""
    items = caller.ask(_bounced(site), BouncedAddressPage, as_json=as_json).items
    rows = ((each.id, each.at, each.contact_address, each.party or "", each.reply) for each in items)
    if not output.show(caller.console, ("Id", "Since", "Address", "Party", "Mail server"), rows):
        caller.say("No address is marked: no mail came back.")


@app.command()
@takes_client
def clear(
    caller: ApiClient,
    bounced_address: Annotated[str, typer.Argument(help="The id of the address, from the list of those bounced.")],
    site: Annotated[str, typer.Argument(help="The site, such as ramsey; none for mails about accounts.")] = "",
) -> None:
    """Write to an address again from which a mail came back."""
    caller.delete(f"{_bounced(site)}/{bounced_address}")
    caller.say("It is written to again.")


def _bounced(site: str) -> str:
    return f"/sites/{site}/bounced-addresses" if site else "/bounced-addresses"


def _show(caller: ApiClient, found: NoticeStatus) -> None:
    if not found.sends:
        caller.say("Neither a mail server nor an SMS gateway is set up, so nothing is sent: docs/notices.md.")
        return
    status = f"paused since {found.paused_at}" if found.paused_at else "being sent"
    caller.say(f"Notices are {status}; {found.waiting} waiting.")
