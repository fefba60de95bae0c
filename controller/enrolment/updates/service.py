"""Releases for edges on the controller: added, rolled out in stages, paused, cancelled; each on the record."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version as installed
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Database, Tx
from controller.enrolment.updates import repository
from controller.enrolment.updates.repository import EdgeUpdate, StoredRelease
from controller.enrolment.updates.staging import Member, Rollout, RolloutState, Step, next_step, windows
from controller.estate import repository as estate
from controller.platform.web.problem import Problem
from controller.records.audit import audit_log
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.repository import alert
from edge.wire.clock import Clock
from edge.wire.codec import decode, encode
from edge.wire.envelope import Envelope
from edge.wire.errors import WireError
from edge.wire.ids import new_id
from edge.wire.interval import Interval
from edge.wire.releases import (
    RELEASE_LIMIT,
    UPDATE_PART,
    ReleaseFile,
    ReleaseManifest,
    UpdateOrder,
    UpdatePhase,
    UpdateState,
    numbered,
)

KEPT = 3
"""Versions of which the packages stay; older ones are deleted when another is added."""


class UpdateRefused(Problem):
    """Of releases and their roll-out, what cannot be done."""

    status = 409
    title = "The update cannot be done"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """``rollout``: the latest."""

    releases: list[StoredRelease]
    rollout: Rollout | None
    edges: list[EdgeUpdate]


class UpdateService:
    """``seen`` is called with a site at which there is something to look at."""

    def __init__(self, database: Database, clock: Clock, seen: Callable[[str], None] = lambda site: None) -> None:
        self._database = database
        self._clock = clock
        self._seen = seen

    async def add(self, file: bytes, package: bytes, *, actor: str) -> ReleaseManifest:
        """Keep a release with its package. Raises ``UpdateRefused``. Whether its signature is good, edges decide."""
        manifest = manifest_of(file)
        if (len(package), hashlib.sha256(package).hexdigest()) != (manifest.size, manifest.sha256):
            raise UpdateRefused("the package is not the one that the release names")
        parts = [package[at : at + UPDATE_PART] for at in range(0, len(package), UPDATE_PART)]
        stored = StoredRelease(
            **{name: getattr(manifest, name) for name in ("sha256", "version", "system", "architecture", "size")},
            minimum_edge=manifest.minimum_edge,
            minimum_controller=manifest.minimum_controller,
            file=file,
            added_at=self._clock.now(),
            added_by=actor,
        )

        async def add(tx: Tx) -> None:
            there = await repository.all_releases(tx)
            if any(each.sha256 == stored.sha256 for each in there):
                raise UpdateRefused(f"{stored.version} for {stored.system} on {stored.architecture} is there already")
            rollout = await repository.live_rollout(tx)
            newest = sorted({stored.version, *(each.version for each in there)}, key=numbered)[-KEPT:]
            for each in there:
                if each.version not in newest and (rollout is None or rollout.version != each.version):
                    await repository.forget_release(tx, each.sha256)
            await repository.insert_release(tx, stored, parts)
            await self._record(tx, "add release", stored.version, actor)

        await self._database.run(add)
        return manifest

    async def listing(self) -> Listing:
        async with self._database.read() as tx:
            return Listing(
                releases=await repository.all_releases(tx),
                rollout=await repository.last_rollout(tx),
                edges=await repository.all_edge_updates(tx),
            )

    async def stage(self, version: str, *, soak_hours: int, opens: str, closes: str, first: str, actor: str) -> Rollout:
        """Begin to roll a version out. Raises ``UpdateRefused``."""

        async def begin(tx: Tx) -> Rollout:
            found = [each for each in await repository.all_releases(tx) if each.version == version]
            if not found:
                raise UpdateRefused(f"there is no release {version}; add it first")
            for each in found:
                if numbered(installed("hallkeeper")) < numbered(each.minimum_controller):
                    raise UpdateRefused(f"{version} needs a controller of {each.minimum_controller} or later")
            live = await repository.live_rollout(tx)
            if live is not None:
                raise UpdateRefused(f"{live.version} is being rolled out; cancel that first")
            now = self._clock.now()
            rollout = Rollout(
                id=new_id(now),
                version=version,
                state=RolloutState.RUNNING,
                stage=0,
                soak_hours=soak_hours,
                opens=opens,
                closes=closes,
                first=first,
                why="",
                started_at=now,
                started_by=actor,
            )
            await repository.put_rollout(tx, rollout)
            await self._record(tx, "roll out release", version, actor)
            return rollout

        return await self._database.run(begin)

    async def set_state(self, state: RolloutState, *, actor: str) -> Rollout:
        """Pause what is rolled out, go on, or cancel it. After a stop it goes on too: edges that had returned are told
        once more. Raises ``UpdateRefused``."""

        async def change(tx: Tx) -> Rollout:
            rollout = await repository.live_rollout(tx)
            if rollout is None:
                raise UpdateRefused("nothing is being rolled out")
            changed = msgspec.structs.replace(rollout, state=state, why="")
            await repository.put_rollout(tx, changed)
            failed = (UpdatePhase.RETURNED, UpdatePhase.REFUSED)
            for each in await repository.all_edge_updates(tx):
                again = state is RolloutState.RUNNING and rollout.state is RolloutState.STOPPED
                if each.rollout == rollout.id and (state is RolloutState.CANCELLED or (again and each.phase in failed)):
                    await self._tell(tx, each, None, None, ())
            await self._record(tx, f"{state} release", rollout.version, actor)
            return changed

        return await self._database.run(change)

    async def heard(self, said: UpdateState) -> EdgeUpdate:
        """An edge has said how it is; what it was told. All say it again with each connection, so that nothing is
        written where nothing is new."""
        fields = _said(said)
        async with self._database.read() as tx:
            known = await repository.edge_update(tx, said.site, said.edge)
        if known is not None and msgspec.structs.replace(known, **fields) == known:
            return known

        async def note(tx: Tx) -> EdgeUpdate:
            before = await repository.edge_update(tx, said.site, said.edge)
            same = before is not None and (before.phase, before.version) == (said.phase, said.version)
            now: dict[str, Any] = {"since": before.since if before is not None and same else self._clock.now()}
            told = msgspec.structs.asdict(before) if before is not None else {}
            row = EdgeUpdate(**(told | fields | now))
            await repository.put_edge_update(tx, row)
            return row

        return await self._database.run_brief(note)

    async def work(self) -> None:
        """Take the next step of the roll-out, if there is one to take."""
        stopped_at = await self._database.run(self._work)
        if stopped_at is not None:
            self._seen(stopped_at)

    async def _work(self, tx: Tx) -> str | None:
        """The site at which it stops."""
        rollout = await repository.live_rollout(tx)
        if rollout is None or rollout.state is not RolloutState.RUNNING:
            return None
        now = self._clock.now()
        rows = {f"{each.site}/{each.edge}": each for each in await repository.all_edge_updates(tx)}
        packages = {
            (each.system, each.architecture): each
            for each in await repository.all_releases(tx)
            if each.version == rollout.version
        }
        away = await repository.offline_since(tx)
        members = [_member(each, rollout, packages, away.get((each.site, each.edge))) for each in rows.values()]
        step = next_step(rollout, members, now)
        after = msgspec.structs.replace(rollout, state=step.state, stage=step.stage, why=step.why)
        if after != rollout:
            await repository.put_rollout(tx, after)
        if step.failed is not None:
            await self._stopped(tx, rollout, rows[step.failed], step)
            return rows[step.failed].site
        for name, row in rows.items():
            due = name in step.order or (row.rollout == rollout.id and _ends_soon(row, rollout, now))
            if not due or step.state is not RolloutState.RUNNING:
                continue
            zone = await self._zone(tx, row.site)
            release = packages[row.system, row.architecture]
            await self._tell(tx, row, release, rollout, windows(rollout, zone, now))
        return None

    async def _stopped(self, tx: Tx, rollout: Rollout, row: EdgeUpdate, step: Step) -> None:
        now = self._clock.now()
        text = f"the roll-out of {rollout.version} has stopped: {step.why}"
        await alert(tx, row.site, row.edge, AlertCode.UPDATE, text, now)
        await self._record(tx, "stop release", rollout.version, "controller", why=step.why)
        for each in await repository.all_edge_updates(tx):
            waits = each.phase in (UpdatePhase.DOWNLOADING, UpdatePhase.WAITING, UpdatePhase.NONE)
            if each.rollout == rollout.id and waits and each.number <= each.ordered_number:
                await self._tell(tx, each, None, None, ())

    async def _tell(
        self,
        tx: Tx,
        row: EdgeUpdate,
        release: StoredRelease | None,
        rollout: Rollout | None,
        times: tuple[Interval, ...],
    ) -> None:
        """Give an edge another order: a release, or none."""
        now = self._clock.now()
        number = max(row.ordered_number + 1, row.number + 1, int(now.timestamp() * 1000))
        order = UpdateOrder(
            site=row.site,
            edge=row.edge,
            number=number,
            at=now,
            release=release.file if release is not None else None,
            windows=times,
        )
        told = msgspec.structs.replace(
            row,
            ordered_number=number,
            ordered=release.sha256 if release is not None else None,
            rollout=rollout.id if rollout is not None else None,
            windows_end=times[-1].end if times else None,
            told=encode(order),
        )
        await repository.put_edge_update(tx, told)

    async def _zone(self, tx: Tx, site: str) -> ZoneInfo:
        found = await estate.site(tx, site)
        return found.tz if found is not None else ZoneInfo("UTC")

    async def _record(self, tx: Tx, act: str, version: str, actor: str, *, why: str = "") -> None:
        now = self._clock.now()
        await audit_log.record(tx, actor=actor, at=now, act=act, thing=f"release {version}", why=why)


def manifest_of(file: bytes) -> ReleaseManifest:
    """What a release file says, without a look at its signature. Raises ``UpdateRefused``."""
    try:
        envelope = decode(decode(file, ReleaseFile, limit=RELEASE_LIMIT).manifest, Envelope)
        return decode(envelope.payload, ReleaseManifest)
    except WireError as error:
        raise UpdateRefused(f"it is no release ({error})") from None


def _said(said: UpdateState) -> dict[str, Any]:
    """What an edge says, as it is stored."""
    fields = {name: getattr(said, name) for name in ("site", "edge", "version", "system", "architecture")}
    return fields | {"phase": said.phase, "number": said.number, "received": said.received, "why": said.why or ""}


def _member(
    row: EdgeUpdate,
    rollout: Rollout,
    packages: dict[tuple[str, str], StoredRelease],
    away: datetime | None,
) -> Member:
    return Member(
        site=row.site,
        edge=row.edge,
        version=row.version,
        phase=row.phase,
        why=row.why,
        since=row.since,
        fits=row.phase != UpdatePhase.BY_HAND and (row.system, row.architecture) in packages,
        ordered=row.rollout == rollout.id,
        answered=row.number == row.ordered_number,
        offline_since=away,
    )


def _ends_soon(row: EdgeUpdate, rollout: Rollout, now: datetime) -> bool:
    """Whether the times at which it may restart are over, before it has."""
    waits = row.phase in (UpdatePhase.NONE, UpdatePhase.DOWNLOADING, UpdatePhase.WAITING)
    return waits and row.windows_end is not None and row.windows_end <= now
