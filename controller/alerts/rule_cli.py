"""``hallkeeper alerts rules``: what a site has set for its alerts, and what that would have raised, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.alerts.rule_routes import AlertPreviewAnswer, AlertRuleAnswer, AlertRulesAnswer
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client

app = command_group("Which alerts a site does without, and how late it raises the others.")
_JSON = "application/json"
CodeArg = Annotated[str, typer.Argument(help="The alert's code, such as held.")]
Off = Annotated[bool | None, typer.Option("--off/--on", help="Do without it, or not.")]
After = Annotated[
    int | None, typer.Option("--after", min=0, help="Raise it when it has held for SECONDS; `show` says how far.")
]
ClearAfter = Annotated[
    int | None, typer.Option("--clear-after", min=0, help="Clear it when it has been over for SECONDS, likewise.")
]


@app.command()
@takes_client
def show(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List the rule in force for each code, and how far it may be changed."""
    found = caller.ask(f"/sites/{site}/alert-rules", AlertRulesAnswer, as_json=as_json)
    rows = (
        (
            each.code,
            each.severity,
            "off" if each.off else "on",
            _delay(each.raise_after_s, each.longest_raise_s),
            _delay(each.clear_after_s, each.longest_clear_s),
            "" if each.may_be_off else "cannot be off",
            "set here" if each.set_here else "usual",
        )
        for each in found.rules
    )
    headings = ("Code", "How serious", "Now", "Raised after", "Cleared after", "Bounds", "Rule")
    output.show(caller.console, headings, rows)


@app.command("set")
@takes_client
def set_rule(
    caller: ApiClient,
    site: SiteArg,
    code: CodeArg,
    off: Off = None,
    after: After = None,
    clear_after: ClearAfter = None,
    usual: Annotated[bool, typer.Option("--usual", help="Back to the usual rule.")] = False,
) -> None:
    """Change the rule for CODE; what is not named stays. Danger cannot be switched off or put off."""
    before, rules = _changed(caller, site, code, off, after, clear_after, usual=usual)
    body = msgspec.json.encode({"version": before.version, "rules": rules})
    done = caller.put(f"/sites/{site}/alert-rules", body, _JSON, AlertRulesAnswer)
    for each in done.rules:
        if each.code == code:
            said = "off" if each.off else f"raised after {each.raise_after_s} s, cleared after {each.clear_after_s} s"
            caller.say(f"{code} at {site}: {said}.")


@app.command()
@takes_client
def preview(
    caller: ApiClient,
    site: SiteArg,
    code: CodeArg,
    off: Off = None,
    after: After = None,
    clear_after: ClearAfter = None,
    usual: Annotated[bool, typer.Option("--usual", help="Back to the usual rule.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what `set` would have raised of CODE in the last 30 days, when and for how long. Writes nothing."""
    _, rules = _changed(caller, site, code, off, after, clear_after, usual=usual)
    body = msgspec.json.encode({"rules": rules})
    answer = caller.post(f"/sites/{site}/alert-rules/preview", body, _JSON, msgspec.Raw, code=code)
    found = caller.answered(answer, AlertPreviewAnswer, as_json=as_json)
    times, as_now = next(((each.times, each.as_now) for each in found.codes if each.code == code), (0, 0))
    since = "" if found.whole else f", of which only those since {output.moment(found.since)} were looked at"
    caller.say(f"In the last 30 days{since}: {_times(times)}; with the rule in force {_times(as_now)}.")
    if len(found.rings) < times:
        caller.say(f"The newest {len(found.rings)}:")
    rows = (
        (
            output.moment(each.at),
            "still holds" if each.lasted_s is None else f"{each.lasted_s // 60} min {each.lasted_s % 60} s",
            each.text,
        )
        for each in found.rings
    )
    output.show(caller.console, ("When", "For how long", "What"), rows)


def _changed(
    caller: ApiClient,
    site: str,
    code: str,
    off: bool | None,
    after: int | None,
    clear_after: int | None,
    *,
    usual: bool,
) -> tuple[AlertRulesAnswer, dict[str, dict[str, bool | int]]]:
    """The rules as they are, and what the site would have set with one of them changed."""
    found = caller.get(f"/sites/{site}/alert-rules", AlertRulesAnswer)
    rule = next((each for each in found.rules if each.code == code), None)
    if rule is None:
        caller.refuse(f"{code} has no rule that a site may change; `hallkeeper alerts rules show {site}` lists those")
    rules = {str(each.code): _set_here(each) for each in found.rules if each.set_here}
    wanted = {"off": off, "raise_after_s": after, "clear_after_s": clear_after}
    given = {name: value for name, value in wanted.items() if value is not None}
    if bool(given) is usual:
        raise typer.BadParameter("say what to change: --off, --on, --after, --clear-after, or --usual alone")
    if off and not rule.may_be_off:
        caller.refuse(f"--off: {code} cannot be switched off")
    _require_within(caller, code, "--after", after, rule.usual_raise_s, rule.longest_raise_s)
    _require_within(caller, code, "--clear-after", clear_after, rule.usual_clear_s, rule.longest_clear_s)
    rules[code] = {} if usual else rules.get(code, {}) | given
    return found, rules


def _require_within(caller: ApiClient, code: str, option: str, seconds: int | None, least: int, most: int) -> None:
    if seconds is not None and not least <= seconds <= most:
        caller.refuse(f"{option}: for {code} it must be {least}" + (f" to {most} seconds" if most > least else " s"))


def _set_here(rule: AlertRuleAnswer) -> dict[str, bool | int]:
    return {"off": rule.off, "raise_after_s": rule.raise_after_s, "clear_after_s": rule.clear_after_s}


def _delay(seconds: int, longest: int) -> str:
    return f"{seconds} s" + (f" (at most {longest} s)" if longest > seconds else "")


def _times(number: int) -> str:
    return "it would not have rung" if number == 0 else f"it would have rung {number} time{'s'[: number != 1]}"
