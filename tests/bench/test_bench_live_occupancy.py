"""How near the live figure of a building comes on simulated weeks that chose nothing, from the events of its edges."""

import math
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from controller.estate.model import Door, Edge, Site, SiteParts, Space
from controller.occupancy.estimate import curve
from controller.occupancy.sensing import Sensing
from controller.occupancy.site_rows import HeardEvent, SiteRows
from edge.wire.events import AlarmChange, AlarmData, EventData, FootfallData, ReadingData, WifiData
from firmware_sim.occupancy_score import Score, in_minus_out, score
from firmware_sim.sensed_weeks import MINUTES, SCENARIOS, SensedWeeks, sensed_weeks

SEEDS = 3


def reports(weeks: SensedWeeks, *, air: bool) -> Iterator[HeardEvent]:
    """What edges report of the weeks: each count, each change of the WiFi and of the alarm, and the air each minute."""
    totals = {name: 0 for name, kind in weeks.kinds.items() if kind in ("in", "out")}
    last: dict[str, float] = {}
    seq = 0
    for minute in range(len(weeks.people)):
        at = weeks.start + timedelta(minutes=minute + 1, seconds=-1)
        said: list[tuple[str, EventData]] = []
        for number in range(weeks.scenario.doors):
            door = f"door{number + 1}"
            ins, outs = (int(weeks.columns[f"{door}-{way}"][minute]) for way in ("in", "out"))
            totals[f"{door}-in"], totals[f"{door}-out"] = totals[f"{door}-in"] + ins, totals[f"{door}-out"] + outs
            now = {"total_ins": totals[f"{door}-in"], "total_outs": totals[f"{door}-out"]}
            if ins + outs:
                said.append((door, FootfallData(counter=door, door=door, ins=ins, outs=outs, **now)))
        here = {name: weeks.columns[name][minute] for name in ("wifi", "alarm")}
        if here["wifi"] != last.get("wifi"):
            said.append(("wifi", WifiData(zone="hall", stations=int(here["wifi"]))))
        if here["alarm"] != last.get("alarm"):
            change = AlarmChange.SET if here["alarm"] else AlarmChange.UNSET
            said.append(("area", AlarmData(area="area", change=change)))
        if air:
            said.append(("air", ReadingData(name="air", family="zigbee", values={"co2": weeks.columns["co2"][minute]})))
        last = here
        for device, data in said:
            seq += 1
            yield HeardEvent(at, at, "main", "log", seq, device, data)


def sensing(weeks: SensedWeeks) -> Sensing:
    names = [f"door{number + 1}" for number in range(weeks.scenario.doors)]
    doors = [Door(site="r", id=n, name=n, edge="main", hold_s=5, held_after_s=60, counter=n) for n in names]
    parts = SiteParts(
        site=Site(id="r", name="R", zone="UTC"),
        spaces=(Space(site="r", id="hall", name="Hall", capacity=weeks.scenario.capacity),),
        doors=tuple(doors),
        edges=(Edge(site="r", id="main", name="Main"),),
    )
    counters = {("main", name): weeks.start for name in names}
    return Sensing(parts=parts, counters=counters, areas=[("main", "area")], away={}, marks=[])


def shown(weeks: SensedWeeks, *, air: bool) -> list[tuple[float, float, float]]:
    """What was shown every five minutes of the second week, each from what came before it; NaN at the other minutes."""
    heard, known = list(reports(weeks, air=air)), sensing(weeks)
    found = [(math.nan, math.nan, math.nan)] * len(weeks.people)
    for day in range(7, len(weeks.people) // MINUTES):
        begins, ends = weeks.start + timedelta(days=day), weeks.start + timedelta(days=day + 1)
        rows = SiteRows(begins - timedelta(days=7))
        for each in heard:
            if each.at <= ends:
                rows.add(each)
        for then in curve(rows, known, begins, ends):
            minute = round((then.at - weeks.start) / timedelta(minutes=1)) - 1
            found[minute] = (float(then.people), float(then.low), float(then.high))
    return found


@pytest.mark.bench
@pytest.mark.parametrize("air", [False, True])
@pytest.mark.parametrize("scenario", ["library", "hall", "centre"])
def test_the_live_figure_in_the_second_week(scenario: str, air: bool) -> None:
    kept: dict[str, list[tuple[Score, Score]]] = {}
    for seed in range(SEEDS):
        weeks = sensed_weeks(SCENARIOS[scenario], f"fresh-{seed}", 2)
        figures = shown(weeks, air=air)
        looked = [not math.isnan(each[0]) for each in figures]
        weeks.open = [one and other for one, other in zip(weeks.open, looked, strict=True)]
        there = [many > 0 and other for many, other in zip(weeks.people, looked, strict=True)]
        for when, chosen in (("open", weeks.open), ("occupied", there)):
            pair = score(in_minus_out(weeks), weeks.people, chosen), score(figures, weeks.people, chosen)
            kept.setdefault(when, []).append(pair)
    for when, each in kept.items():
        base_error = np.mean([base.error for base, _ in each])
        error, covered, width, interval = np.mean([(f.error, f.covered, f.width, f.interval) for _, f in each], axis=0)
        with_air = "with" if air else "without"
        print(
            f"\n{scenario} {with_air} carbon dioxide, {when}: in minus out {base_error:.2f}, error {error:.2f} "
            f"({1 - error / base_error:.0%} less), covered {covered:.0%}, width {width:.1f}, interval {interval:.0f}"
        )
        assert error < base_error
