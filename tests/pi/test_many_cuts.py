"""Power cuts in their hundreds: the installed agent works on a recorded disk and opens what cuts leave of it."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.net.identity import FILE, StoredIdentity
from edge.wire.codec import encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.envelope import Purpose, Signer
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Grant, GrantsPart, Manifest, PartRef, digest
from tests.edge.enrolled import CONTROLLER_KEY, edge_identity, keys
from tests.edge.hall import DOOR, EDGE, SECRET, SITE, hours
from tests.pi.cuts import DATA, LOST, Codes, Cuts, InstalledAgent, Known, ask
from tests.pi.image import say
from tests.pi.recorded_disk import recorded_disk

pytestmark = pytest.mark.pi

CODES = Codes(good="482913", withdrawn="350174", wrong="102938")
ENTRIES, WITHDRAWN_AFTER = 40, 20
LIARS = 100
QUIET_S = 120.0
A_DAY_S = 86_400


def messages(version: int, *codes: str) -> list[tuple[str, str | None, str]]:
    """A plan in which these codes open the door: name, item and payload of each message."""
    now = datetime.now(UTC)
    during = Interval(start=now - timedelta(days=1), end=now + timedelta(days=30))
    kind = CredentialKind.BOOKING_CODE
    grants = tuple(Grant(door=DOOR, key=code_key(SECRET, kind, each), kind=kind, windows=(during,)) for each in codes)
    parts = [encode(hours(DoorSpan(during=during, accepts=tuple(CredentialKind)))), encode(GrantsPart(grants=grants))]
    named = {f"p{number}": part for number, part in enumerate(parts)}
    manifest = Manifest(
        site=SITE,
        edge=EDGE,
        version=version,
        valid_from=during.start,
        horizon=during.end,
        parts={name: PartRef(digest=digest(part), size=len(part)) for name, part in named.items()},
    )
    sealed = Signer(CONTROLLER_KEY).seal(Purpose.PLAN, manifest)
    sent = [("plan/part", name, part) for name, part in named.items()] + [("plan", None, sealed)]
    return [(name, item, base64.b64encode(payload).decode()) for name, item, payload in sent]


def enrolled(folder: Path) -> None:
    """The folder of an edge that was let in and has not run yet."""
    now = datetime.now(UTC)
    issued = edge_identity(keys(), {DOOR: SECRET}, since=now - timedelta(days=1), until=now + timedelta(days=90))
    file = folder / DATA / FILE
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_bytes(encode(StoredIdentity(keys=keys(), issued=issued)))
    file.chmod(0o600)


def test_no_cut_loses_an_event_reuses_a_number_opens_the_door_or_locks_somebody_in(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    wanted = pytestconfig.getoption("--cuts")
    enrolled(tmp_path / "files")
    installed = InstalledAgent(tmp_path, key=CONTROLLER_KEY.private_bytes_raw(), codes=CODES)
    known, withdrawn = list[Known](), False
    with recorded_disk(tmp_path, tmp_path / "files") as disk, installed.started("works") as agent:

        def after(what: object) -> None:
            last = ask(agent, what)
            known.append(Known(written=disk.record.stat().st_size, **last, withdrawn=withdrawn))

        assert agent.stdin is not None
        agent.stdin.write(json.dumps(installed.told(disk.mounted / DATA, Known(written=0))) + "\n")
        after(messages(1, CODES.good, CODES.withdrawn))
        for entry in range(ENTRIES):
            if entry == WITHDRAWN_AFTER:
                withdrawn = True
                after(messages(2, CODES.good))
            after("enter")
        worked = disk.record.stat().st_size
        time.sleep(QUIET_S)
        rested = disk.record.stat().st_size
    cuts = Cuts(tmp_path, disk, known, installed)
    per_entry = (cuts.bytes_before(worked) - cuts.bytes_before(known[0].written)) / ENTRIES
    quiet_day = (cuts.bytes_before(rested) - cuts.bytes_before(worked)) * A_DAY_S / QUIET_S
    say(f"the agent writes {per_entry / 1e3:.0f} kB for an entry, {quiet_day / 1e6:.0f} MB in a quiet day")
    assert cuts.doctored() == {check: [check] for check in (LOST, "in", "twice", "locked in")}
    began = time.monotonic()
    found, said = cuts.found(range(wanted))
    by_liar, said_of_liar = cuts.found(range(min(LIARS, wanted)), lies=True)
    say(
        f"{wanted} cuts: {dict(found) or 'nothing wrong'}; {min(LIARS, wanted)} of a disk that lies: {dict(by_liar)}; "
        f"{time.monotonic() - began:.0f} s"
    )
    assert not found, said
    assert by_liar[LOST] > 0  # or these cuts would show nothing
    assert set(by_liar) == {LOST}, said_of_liar
