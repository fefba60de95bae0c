"""``hallkeeper bookings import`` and ``export``: a site's bookings in and out of spreadsheets, over HTTP."""

from typing import Annotated

import msgspec
import typer
from rich.progress import Progress

from controller.bookings.cli_times import From, To
from controller.cli.client import ApiClient, read_file, takes_client
from controller.csv_import.cli import CsvFile, CsvImportTold, DryRun, OutFile, print_import

app = typer.Typer()

SiteArg = Annotated[str, typer.Argument(help="The site, such as ramsey.")]


@app.command("import")
@takes_client
def import_file(caller: ApiClient, site: SiteArg, file: CsvFile, dry_run: DryRun = False) -> None:
    """Book, change and cancel what FILE says. Each row is judged like any booking; refused rows are listed with the
    reason.

    Exit code 0 when every row was written, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    print_import(caller, _answer(caller, site, read_file(file), dry_run), "Booking")


@app.command()
@takes_client
def export(caller: ApiClient, site: SiteArg, since: From, to: To, out: OutFile = None) -> None:
    """Write the bookings of a time, at most 400 days of it, as CSV, as `import` reads it."""
    asked = {"from": since, "to": to}
    caller.download(f"/sites/{site}/bookings.csv", "text/csv", out, **asked)


def _answer(caller: ApiClient, site: str, data: bytes, dry_run: bool) -> CsvImportTold:
    """Send the file, show the progress, and read the last line of the answer."""
    params = {"preview": str(dry_run).lower(), "progress": "true"}
    found: CsvImportTold | None = None
    with Progress(console=caller.console, transient=True) as progress:
        task = progress.add_task("Looking" if dry_run else "Booking", total=None)
        for line in caller.lines(f"/sites/{site}/bookings/import", data, "text/csv", **params):
            match line:
                case {"done": int(done), "of": int(of)}:
                    progress.update(task, completed=done, total=of)
                case {"detail": str(detail)}:
                    progress.stop()
                    caller.refuse(detail)
                case answer:
                    found = msgspec.convert(answer, CsvImportTold)
    if found is None:
        caller.refuse("the connection ended early; import the file again to finish the rest")
    return found
