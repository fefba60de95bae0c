"""No typed code is lost on a busy machine."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.rows import DETAILS
from tests.faults.starving import KINDS, Tally, neighbours, result_table, starved

SHORT, LONG = 4, 500
"""Codes at each kind of reader. The long form takes as long as people take to type them, eight minutes."""
AGENTS = dict.fromkeys(KINDS, 1) | {"matrix": 4}
"""So many agents of a kind share its codes: at a matrix each takes three times as long as elsewhere."""


async def _type(folder: Path, kinds: Sequence[str], codes: int) -> dict[str, Tally]:
    """At one agent with readers of those kinds, in a folder of its own."""
    tallies = {kind: Tally() for kind in kinds}
    async with starved(folder, kinds, codes) as agent:
        await asyncio.gather(*(agent.try_codes(kind, codes, tally) for kind, tally in tallies.items()))
    return tallies


@pytest.mark.faults_full
async def test_every_code_opens_or_is_reported_on_a_machine_without_the_time(tmp_path: Path) -> None:
    with neighbours():
        tallies = await _type(tmp_path, KINDS, SHORT)
    for kind, tally in tallies.items():
        assert (tally.typed, tally.vanished, tally.strange) == (SHORT, [], []), kind
        assert tally.opened + tally.told == SHORT, kind


@pytest.mark.alone
@pytest.mark.faults_full
async def test_each_of_500_codes_at_each_kind_of_reader_opens_or_is_reported(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    agents = [(kind, tmp_path / f"{kind}-{number}") for kind, many in AGENTS.items() for number in range(many)]
    for _, folder in agents:
        folder.mkdir()
    with neighbours():
        found = await asyncio.gather(*(_type(folder, [kind], LONG // AGENTS[kind]) for kind, folder in agents))
    tallies = [(kind, tally) for each in found for kind, tally in each.items()]
    record_property(DETAILS, result_table(tallies))
    for kind, tally in tallies:
        assert (tally.typed, tally.vanished, tally.strange) == (LONG // AGENTS[kind], [], []), kind
        assert tally.opened + tally.told == tally.typed, kind
