"""How many alerts quiet months bring, and how many of the faults of other months are found, and how late: of seeds that
chose nothing."""

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.controller.alerts.months import FAULTS, Month

MONTHS = 20


def _minutes(seconds: Iterable[float]) -> str:
    found = sorted(seconds)
    return f"{found[len(found) // 2] / 60:7.1f}{found[-1] / 60:10.1f}" if found else ""


@pytest.mark.bench
def test_twenty_quiet_months_and_twenty_with_twelve_faults() -> None:
    quiet = [ring for seed in range(MONTHS) for ring in Month(f"kept-quiet-{seed}").rings]
    late: dict[str, list[float | None]] = {}
    extra: Counter[str] = Counter()
    for seed in range(MONTHS):
        month = Month(f"kept-{seed}", faults=12)
        extra.update(str(each.key.kind) for each in month.false_rings())
        for fault in month.faults:
            late.setdefault(fault.code, []).append(month.late(fault))
    print(f"\n{MONTHS} quiet months: {len(quiet)} alerts {[str(each.key.kind) for each in quiet]}")
    print(f"{'code':16}{'faults':>7}{'found':>7}  median, longest minutes")
    for code in FAULTS:
        all_of = late.get(code, [])
        found = [each for each in all_of if each is not None]
        print(f"{code:16}{len(all_of):7}{len(found):7}{_minutes(found)}")
    faults = sum(map(len, late.values()))
    found_of = sum(each is not None for its in late.values() for each in its)
    print(f"found {found_of} of {faults} ({found_of / faults:.1%}); besides them rang {dict(extra)}")
    assert len(quiet) <= 1
    assert found_of >= 0.95 * faults
