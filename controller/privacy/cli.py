"""``hallkeeper retention`` and ``hallkeeper privacy``: how long data are kept, and what is said about it."""

from pathlib import Path
from typing import Annotated

import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line
from controller.platform.settings_file import load_settings
from controller.privacy.privacy import privacy_notice, record_of_processing
from controller.privacy.schemas import RetentionList, Subject

retention_app = typer.Typer(help="How long each kind of data is kept.", add_completion=False)
privacy_app = command_group("Data protection: record, notice, and what is stored about somebody.")


@retention_app.command()
@takes_client
def retention(caller: ApiClient, as_json: AsJson = False) -> None:
    """Show how long each kind of data is kept, and what was last deleted."""
    items = caller.ask("/retention", RetentionList, as_json=as_json).items
    rows = (
        (
            each.kind,
            str(each.days or ""),
            output.moment(each.ran_at) if each.ran_at else "",
            "" if each.removed is None else str(each.removed),
            each.failure or "",
            each.happens or each.why,
        )
        for each in items
    )
    output.show(caller.console, ("Kind", "Days", "Last run (UTC)", "Deleted", "Failed", "What happens"), rows)


@privacy_app.command()
def record(config: ConfigFile = CONFIG) -> None:
    """Print the record of processing, from the configuration."""
    with errors_on_one_line():
        typer.echo(record_of_processing(load_settings(config)), nl=False)


@privacy_app.command()
def notice(config: ConfigFile = CONFIG) -> None:
    """Print a privacy notice to complete and publish, from the configuration."""
    with errors_on_one_line():
        typer.echo(privacy_notice(load_settings(config)), nl=False)


@privacy_app.command("export")
@takes_client
def export_data(
    caller: ApiClient,
    which: Annotated[str, typer.Argument(help="The id.", metavar="ID")],
    out: Annotated[Path, typer.Option(help="The zip file to write.")],
    kind: Annotated[Subject, typer.Option(help="Whose id it is.")] = Subject.PARTY,
) -> None:
    """Write everything that is stored about somebody into a zip file, for a subject access request."""
    caller.download(f"/{_PATHS[kind]}/{which}/data.zip", "application/zip", out)
    caller.say(f"Wrote {out}: index.html is for reading, data.json for programs.")


_PATHS = {
    Subject.PARTY: "parties",
    Subject.USER: "users",
    Subject.HOLDER: "holders",
    Subject.MEMBER: "members",
}
