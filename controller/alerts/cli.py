"""``hallkeeper alerts``: what needs somebody, over HTTP; and the catalogue of codes."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from controller.alerts import rule_cli
from controller.alerts.catalogue import CATALOGUE
from controller.alerts.routes import OpenAlertAnswer, OpenAlerts, RaisedAlertAnswer, RaisedAlertPage
from controller.alerts.rule_routes import AlertRulesAnswer
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client
from controller.telemetry.alert_codes import AlertCode

app = command_group("What needs somebody: list it, say that you have seen it, put it off.")
app.add_typer(rule_cli.app, name="rules")
_JSON = "application/json"
AlertArg = Annotated[str, typer.Argument(help="The alert's id, as `list` shows it.")]


@app.command("list")
@takes_client
def list_alerts(
    caller: ApiClient,
    site: Annotated[str, typer.Argument(help="The site, such as ramsey; without it all your sites.")] = "",
    past: Annotated[bool, typer.Option("--past", help="Those of SITE that are over.")] = False,
    as_json: AsJson = False,
) -> None:
    """List open alerts, at one site the newest first, else the worst of each site first: since when, who has seen it or
    wants quiet, and what to do."""
    if past and not site:
        raise typer.BadParameter("name the site whose alerts are over", param_hint="SITE")
    found: list[OpenAlertAnswer] | list[RaisedAlertAnswer]
    off: dict[str, list[AlertCode]] = {}
    if site:
        answer = caller.pages(f"/sites/{site}/raised-alerts", past=str(past).lower())
        found = caller.answered(answer, RaisedAlertPage, as_json=as_json).items
    else:
        every = caller.ask("/alerts", OpenAlerts, as_json=as_json)
        found, off = every.items, every.switched_off
    headings = (output.ID, "Site", "How serious", "Code", "What", "Since", "Status", "What to do")
    if not output.show(caller.console, headings, map(_row, found)):
        caller.say("None is over yet." if past else "Nothing needs anybody.")
    if site:
        rules = caller.get(f"/sites/{site}/alert-rules", AlertRulesAnswer).rules
        here = [each.code for each in rules if each.off]
        off = {site: here} if here else {}
    for where, its in off.items():
        caller.say(f"Switched off at {where}: {', '.join(its)}.")


@app.command()
@takes_client
def seen(caller: ApiClient, site: SiteArg, alert: AlertArg) -> None:
    """Say that you have seen ALERT and look after it; everybody sees your name."""
    done = caller.post(f"/sites/{site}/raised-alerts/{alert}/acknowledge", b"", _JSON, RaisedAlertAnswer)
    caller.say(f"{done.text}: seen by {done.acknowledged_by}.")


@app.command()
@takes_client
def quiet(
    caller: ApiClient,
    site: SiteArg,
    alert: AlertArg,
    minutes: Annotated[int, typer.Option("--for", min=0, max=7 * 24 * 60, help="For so many minutes; 0 ends it.")] = 60,
) -> None:
    """Call nobody about ALERT for an hour, or so many minutes, at most a week. It calls again if it then still holds.
    Danger cannot be put off."""
    body = msgspec.json.encode({"minutes": minutes})
    done = caller.post(f"/sites/{site}/raised-alerts/{alert}/snooze", body, _JSON, RaisedAlertAnswer)
    until = "calls again" if done.snoozed_until is None else f"quiet until {output.moment(done.snoozed_until)}"
    caller.say(f"{done.text}: {until}.")


@app.command()
def codes(as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False) -> None:
    """List every code, the most serious first, and what to do about it."""
    found = [
        {"code": code, "severity": kind.severity, "hint": kind.hint or "its text says it"}
        for code, kind in CATALOGUE.items()
    ]
    if as_json:
        typer.echo(msgspec.json.encode(found))
        return
    output.show(Console(), ("Code", "How serious", "What to do"), (tuple(each.values()) for each in found))


def _row(alert: OpenAlertAnswer | RaisedAlertAnswer) -> tuple[str, ...]:
    since = alert.at if isinstance(alert, OpenAlertAnswer) else alert.since
    began = output.moment(since) if since is not None else "not known"
    return (alert.id or "", alert.site, alert.severity, alert.kind, alert.text, began, _status(alert), alert.hint)


def _status(alert: OpenAlertAnswer | RaisedAlertAnswer) -> str:
    """What has become of it, in words."""
    cleared = alert.cleared_at if isinstance(alert, RaisedAlertAnswer) else None
    off = isinstance(alert, RaisedAlertAnswer) and alert.switched_off
    said = (
        (cleared, "switched off {}" if off else "over since {}"),
        (alert.over_since if cleared is None else None, "over since {}, if it stays so"),
        (alert.acknowledged_at, f"seen by {alert.acknowledged_by}, {{}}"),
        (alert.snoozed_until if cleared is None else None, "quiet until {}"),
    )
    return "; ".join(words.format(output.moment(at)) for at, words in said if at is not None)
