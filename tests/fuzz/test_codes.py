"""Whatever digits are typed and whatever text is scanned, with a real plan in force: only what was granted opens."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.doors.offline_code_table import OfflineCodes
from edge.readers import credential_entry
from edge.wire import qr_passes
from edge.wire.access_decision import ClockTrust, Decision, decide
from edge.wire.codec import encode
from edge.wire.credentials import CODE_LENGTH, Presented
from edge.wire.envelope import Keyring, Signer
from edge.wire.plan import Manifest, PartRef, digest
from edge.wire.plan_assembly import assemble
from tests.edge.enrolled import CONTROLLER_KEY
from tests.edge.hall import BOOKING, DOOR, EDGE, SECRET, SITE, ZERO, run
from tests.fuzz.effort import effort
from tests.fuzz.house import CODE, KEY_CODE, OFFLINE_CODE, inhabited, logged, parts
from tests.fuzz.mutations import bent
from tests.virtual_time import VirtualClock

GRANTED = (CODE, KEY_CODE, OFFLINE_CODE)
NOW = ZERO + timedelta(minutes=30)
SIGNER = Signer(CONTROLLER_KEY)
DATA = {f"p{number}": encode(part) for number, part in enumerate(parts())}
PLAN = assemble(
    Manifest(
        site=SITE,
        edge=EDGE,
        version=1,
        valid_from=ZERO,
        horizon=ZERO + timedelta(days=35),
        parts={name: PartRef(digest=digest(part), size=len(part)) for name, part in DATA.items()},
    ),
    DATA,
)
OFFLINE = OfflineCodes(DOOR, SECRET[::-1])
for _ in OFFLINE.prepare(NOW):
    pass
GOOD_PASS = qr_passes.issue(SIGNER, site=SITE, holder=BOOKING, now=NOW)


def judged(presented: Presented) -> Decision:
    return decide(
        PLAN,
        door=DOOR,
        secret=SECRET,
        credential=presented,
        now=NOW,
        trust=ClockTrust.SYNCED,
        keys=Keyring(SIGNER.public_key),
        offline=OFFLINE.windows,
    )


@pytest.mark.cases_full
@given(st.text("0123456789*#", max_size=200) | st.lists(st.sampled_from([*GRANTED, "*", "#", "1"])).map("".join))
@effort(300)
def test_any_keys_open_only_by_a_code_that_was_granted(keys: str) -> None:
    typed, read = credential_entry.EntryState(), []
    for at, key in enumerate(keys):
        typed, presented = credential_entry.key(typed, key, float(at), length=CODE_LENGTH)
        read += [presented] if presented is not None else []
    assert [judged(each).granted for each in read] == [each.digits in GRANTED for each in read]


@given(st.text(max_size=600) | st.sampled_from(GRANTED) | st.text(max_size=600).map(qr_passes.PREFIX.__add__))
@effort(300)
def test_no_scanned_text_opens_but_a_pass(text: str) -> None:
    assert not judged(credential_entry.scan(text, 0.0)[1]).granted


@given(st.randoms(use_true_random=False))
@effort(300)
def test_a_pass_with_anything_changed_opens_nothing(random: Random) -> None:
    assert judged(credential_entry.scan(GOOD_PASS, 0.0)[1]).granted
    changed = bent(GOOD_PASS.encode(), random).decode(errors="replace")
    assert judged(credential_entry.scan(changed, 0.0)[1]).granted is (changed == GOOD_PASS)


@given(st.text("0123456789", min_size=1, max_size=80))
@effort(8)
def test_any_keys_at_a_running_edge_open_nothing_and_the_code_does_when_it_is_quiet(keys: str) -> None:
    async def main(clock: VirtualClock) -> None:
        async with inhabited(clock) as container:
            await container.furnish()
            await container.enter(keys)
            container.whole()
            assert container.never_opened()
            await asyncio.sleep(3600)
            await container.enter(CODE)
            assert container.unlocked()

    with logged():
        run(main)
