"""``hallkeeper count``: count people by hand at a counter, and see what its totals are by that."""

from collections.abc import Callable
from typing import Annotated

import msgspec
import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, takes_client
from controller.telemetry.halves import visits_of
from controller.telemetry.hand_counts.routes import (
    CalibratedCounter,
    CalibratedCounters,
    CalibratedTotal,
    HandCountAnswer,
)

app = typer.Typer(add_completion=False)
_JSON = "application/json"
_END = {"e", "\x04", ""}


@app.command()
@takes_client
def count(
    caller: ApiClient,
    site: SiteArg,
    counter: Annotated[
        str | None,
        typer.Argument(help="The counter to stand beside, such as front-beams; without one, all of them."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count people by hand for 15 minutes: press i for each who comes in, o for each who goes out, u to take the last
    one back, e to end.

    After two counts of a counter its totals are also shown as calibrated, with their error. Raw totals never change.
    Of a counter that does not tell in from out, visits are half of those who passed.
    """
    path = f"/sites/{site}/hand-counts"
    if counter is None:
        _list(caller, caller.ask(path, CalibratedCounters, as_json=as_json))
        return
    begun = caller.post(path, msgspec.json.encode({"counter": counter}), _JSON, HandCountAnswer)
    caller.say(f"Counting at {counter}. i: in, o: out, u: take back, e: end. Count for 15 minutes.")
    ins, outs = tally(typer.getchar, caller.say)
    body = msgspec.json.encode({"ins": ins, "outs": outs})
    done = caller.post(f"{path}/{begun.id}/end", body, _JSON, HandCountAnswer)
    told = f"{done.counted_ins} in, {done.counted_outs} out"
    its = f"{done.counted_passages} passed, both ways together" if done.counted_passages else told
    caller.say(f"You: {done.ins} in, {done.outs} out. {counter}: {its}.", "bold")


def tally(key: Callable[[], str], say: Callable[[str], None]) -> tuple[int, int]:
    """Whom somebody counts by keys until they end."""
    passed: list[str] = []
    while (pressed := key().lower()) not in _END:
        if pressed in {"i", "o"}:
            passed.append(pressed)
        elif pressed == "u" and passed:
            passed.pop()
        else:
            continue
        say(f"{passed.count('i')} in, {passed.count('o')} out")
    return passed.count("i"), passed.count("o")


def _list(caller: ApiClient, found: CalibratedCounters) -> None:
    rows = [
        (
            each.counter,
            _raw(each),
            _calibrated(each) if each.state == "calibrated" else each.state,
            str(each.hand_counts),
        )
        for each in found.items
    ]
    if not output.show(caller.console, ("Counter", "Today", "Calibrated", "Hand counts"), rows):
        caller.say("No counter has reported yet.")


def _raw(counter: CalibratedCounter) -> str:
    if counter.passages_today is not None:
        halved = f"{visits_of(counter.passages_today):g} visits"
        return f"{counter.passages_today} passed both ways, halved: {halved}"
    return "not known" if counter.ins_today is None else f"{counter.ins_today} in, {counter.outs_today} out"


def _calibrated(counter: CalibratedCounter) -> str:
    if counter.passages_today is not None:
        return f"{_written(counter.calibrated_visits)} visits"
    return f"{_written(counter.calibrated_ins)} in, {_written(counter.calibrated_outs)} out"


def _written(total: CalibratedTotal | None) -> str:
    return "not known" if total is None else f"{total.total} ± {total.error}"
