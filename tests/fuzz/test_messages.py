"""Any bytes on any topic reach a running agent: it lives, nothing opens, what is refused is counted and logged."""

import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.topics import CATALOGUE
from tests.edge.hall import EDGE, SITE, run
from tests.edge.wire.samples import FOLDER
from tests.fuzz.effort import effort
from tests.fuzz.house import CODE, inhabited, logged
from tests.fuzz.mutations import bent, extreme
from tests.virtual_time import VirtualClock

SAMPLES = {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir())}
HEARD = [kind.name.replace("{name}", "p0") for kind in CATALOGUE if kind.way == "down"]
ELSEWHERE = [kind.name.replace("{name}", "p0").replace("{device}", "front-door") for kind in CATALOGUE]
STRANGE = [
    *("strange/place", "strange/", f"hk/2/{SITE}/{EDGE}/command", f"hk/1/{SITE}/{EDGE}/strange/command"),
    *(f"hk/1/{SITE}/other-pi/{name}" for name in ELSEWHERE),
    *(f"hk/1/elsewhere/{EDGE}/{name}" for name in ELSEWHERE),
]
MESSAGES = 60


def rubbish(random: Random) -> bytes:
    name = random.choice(list(SAMPLES))
    sample = SAMPLES[name]
    if random.random() < 0.3 and name.endswith(".json"):
        return extreme(sample, random)
    return sample if random.random() < 0.1 else bent(sample, random)


@pytest.mark.cases_full
@given(st.randoms(use_true_random=False))
@effort(8)
def test_whatever_comes_on_whatever_topic_opens_nothing_is_counted_and_ends_nothing(random: Random) -> None:
    async def main(clock: VirtualClock) -> None:
        async with inhabited(clock) as container:
            await container.furnish()
            before, refused = await container.said(), 0
            for _ in range(MESSAGES):
                heard = random.random() < 0.7
                topic = f"hk/1/{SITE}/{EDGE}/{random.choice(HEARD)}" if heard else random.choice(STRANGE)
                payload = rubbish(random)
                if not topic.endswith("/part/p0") or not heard:  # parts of what was not announced are ignored
                    refused += 1
                container.broker.publish(topic, payload, retain=random.random() < 0.5)
                await asyncio.sleep(random.choice((0, 0.01, 1)))
                container.whole()
            assert await container.said() >= before + refused
            assert container.link is not None
            container.link.renew()
            await asyncio.sleep(5)
            container.whole()
            assert container.never_opened()
            await container.exits()
            await asyncio.sleep(60)
            await container.enter(CODE)
            assert container.unlocked()

    with logged() as lines:
        run(main)
    assert sum(line.startswith("A message was refused") for line in lines) > 0
