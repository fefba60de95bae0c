"""However much is sent, what an edge holds of it is bounded."""

import tracemalloc
from datetime import timedelta

import pytest

from edge.net.plan_store import PLAN_LIMIT, STRAY_LIMIT, PlanStore
from edge.wire.codec import PART_LIMIT
from edge.wire.envelope import Keyring, Purpose, Signer
from edge.wire.errors import TooLarge
from edge.wire.plan import Manifest, PartRef
from tests.edge.disk import MemoryDisk
from tests.edge.enrolled import CONTROLLER_KEY
from tests.edge.hall import EDGE, SITE, ZERO

SIGNER = Signer(CONTROLLER_KEY)


def store() -> PlanStore:
    keys = Keyring(SIGNER.public_key)
    return PlanStore(MemoryDisk(), site=SITE, edge=EDGE, keys=keys, using=lambda: None)


@pytest.mark.cases_full
def test_parts_that_no_plan_asked_for_take_no_more_than_their_room_however_small_they_are() -> None:
    plans = store()
    tracemalloc.start()
    try:
        for number in range(120_000):
            plans.part(b"%d" % number)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < STRAY_LIMIT / 2


def manifest(parts: int) -> bytes:
    """Of a plan of so many parts, each as large as may be."""
    refs = {f"p{at}": PartRef(digest=f"{at:064x}", size=PART_LIMIT) for at in range(parts)}
    made = Manifest(site=SITE, edge=EDGE, version=1, valid_from=ZERO, horizon=ZERO + timedelta(days=1), parts=refs)
    return SIGNER.seal(Purpose.PLAN, made)


def test_a_plan_of_more_than_an_edge_can_hold_is_refused() -> None:
    assert store().manifest(manifest(PLAN_LIMIT // PART_LIMIT)) is None
    outcome = store().manifest(manifest(PLAN_LIMIT // PART_LIMIT + 1))
    assert outcome is not None
    assert "more than" in (outcome.why or "")
    with pytest.raises(TooLarge):
        store().manifest(manifest(10_000))
