"""``hallkeeper notices preferences``: by which channels you want which notices, or a party does."""

from typing import Annotated

import msgspec
import typer

from controller.notices.preferences.model import By
from controller.notices.preferences.schemas import PreferenceList
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client

app = command_group("Which notices come, and how.")

Party = Annotated[str, typer.Option(help="Of the contact of this party; without it, your own.")]
_SPOKEN = {By.MAIL: "mail", By.SMS: "text message", By.BOTH: "mail and text message", By.NONE: "not at all"}


@app.command("list")
@takes_client
def list_preferences(caller: ApiClient, party: Party = "", as_json: AsJson = False) -> None:
    """List the kinds of notices and how they come."""
    _show(caller, caller.ask(_path(party), PreferenceList, as_json=as_json))


@app.command("put")
@takes_client
def put_preference(
    caller: ApiClient,
    kind: Annotated[str, typer.Argument(help="The kind, such as reminder, from the list.")],
    by: Annotated[By, typer.Argument(help="How notices of that kind are to come.")],
    party: Party = "",
) -> None:
    """Choose how notices of a kind come. What brings the door code cannot be switched off."""
    body = msgspec.json.encode({"choices": {kind: by}})
    _show(caller, caller.patch(_path(party), body, "application/json", PreferenceList))


def _path(party: str) -> str:
    return f"/parties/{party}/notice-preferences" if party else "/session/notice-preferences"


def _show(caller: ApiClient, found: PreferenceList) -> None:
    rows = (
        (each.kind, each.subject, _SPOKEN[each.by], "cannot be switched off" if each.required else each.when)
        for each in found.items
    )
    if not output.show(caller.console, ("Kind", "Notice", "Comes by", ""), rows):
        caller.say("There is no address to which notices could go.")
