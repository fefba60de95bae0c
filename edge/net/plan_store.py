"""The plan at hand: taken apart as it arrives, checked, put together, used, kept on the disk, and used again at the
next start without any network."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from edge.system.files import Files
from edge.system.persisted_state import HighestPlan
from edge.wire.codec import PART_LIMIT, encode
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.errors import PlanRefused, TooLarge, WireError
from edge.wire.plan import Assembly, Manifest, Part, Plan, check_manifest, digest, read_part

FOLDER = "plan"
PARTS = f"{FOLDER}/parts"
MANIFEST = f"{FOLDER}/manifest"
STRAY_LIMIT = 32 * 1024 * 1024
"""Most bytes of parts kept that no manifest has asked for yet; they may come before it."""
STRAY_COST = 2048
"""What each of them counts for at least, in bytes, so that a flood of tiny ones stays small too."""
PLAN_LIMIT = 128 * 1024 * 1024
"""Most bytes of all parts of a plan."""


class PlanResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a manifest: a ``fresh`` plan is in force, the one in force came again, or it was refused and
    ``why``."""

    manifest: Manifest
    fresh: bool
    why: str | None = None


class PlanStore:
    """``plan`` is the one in force, ``highest`` the highest that ever was on the disk, to be kept apart from it.
    ``using`` is called the moment another one is in force, before it is on the disk."""

    def __init__(
        self,
        files: Files,
        *,
        site: str,
        edge: str,
        keys: Keyring,
        using: Callable[[], None],
        highest: HighestPlan | None = None,
    ) -> None:
        self._files = files
        self._site = site
        self._edge = edge
        self.keys = keys
        self._using = using
        self._envelope = b""
        self._pending: tuple[bytes, Manifest] | None = None
        self._strays: OrderedDict[str, bytes] = OrderedDict()
        self._stray_size = 0
        self._parts: dict[str, Part] = {}
        self._unsaved: dict[str, bytes] = {}
        self._applying = asyncio.Lock()
        self.plan: Plan | None = None
        self.highest = highest
        self.on_disk = True

    async def open(self) -> str | None:
        """Take up the plan on the disk; a sentence when there is one that cannot be used."""
        try:
            envelope = await asyncio.to_thread(self._files.read, MANIFEST)
            if envelope is None:
                return None
            manifest = self._open(envelope)
            check_manifest(manifest, None)
            self._check_age(manifest)
            held: dict[str, bytes] = {}
            for ref in manifest.parts.values():
                data = await asyncio.to_thread(self._files.read, f"{PARTS}/{ref.digest}")
                if data is not None:
                    held[ref.digest] = data
            parts, plan = await self._assemble(manifest, held)
        except (OSError, WireError) as error:
            return f"the plan on the disk cannot be used: {error}"
        self._use(envelope, parts, plan)
        self._mark(manifest)
        return None

    def part(self, data: bytes) -> None:
        """Keep a part that arrived, under its digest. Raises ``TooLarge``."""
        if len(data) > PART_LIMIT:
            raise TooLarge(f"a part of {len(data)} bytes where at most {PART_LIMIT} are allowed")
        name = digest(data)
        if name in self._parts:
            return
        if name not in self._strays:
            self._stray_size += _cost(data)
        self._strays[name] = data
        self._strays.move_to_end(name)
        if self._stray_size > STRAY_LIMIT:
            self._drop_strays()

    def _drop_strays(self) -> None:
        """The oldest go, and a few more than must, so that this is not done for each that comes."""
        needed = {ref.digest for ref in self._pending[1].parts.values()} if self._pending else set()
        for stray in [stray for stray in self._strays if stray not in needed]:
            if self._stray_size <= STRAY_LIMIT * 7 // 8:
                break
            self._stray_size -= _cost(self._strays.pop(stray))

    def manifest(self, envelope: bytes) -> PlanResult | None:
        """Take a manifest in; what can be said of it at once: refused, or in force already. ``None``: call ``apply``.

        Raises a ``WireError`` for what is not a manifest for this edge signed by its controller.
        """
        manifest = self._open(envelope)
        applied = self.plan.manifest if self.plan is not None else None
        try:
            check_manifest(manifest, applied)
            self._check_age(manifest)
            _check_size(manifest)
        except PlanRefused as refused:
            return PlanResult(manifest=manifest, fresh=False, why=str(refused))
        if applied is not None and manifest.version == applied.version:
            return PlanResult(manifest=manifest, fresh=False)
        if self._pending is None or manifest.version >= self._pending[1].version:
            self._pending = (envelope, manifest)
        return None

    async def apply(self) -> PlanResult | None:
        """Put the pending plan in force if all its parts are here. ``None`` while some are missing."""
        async with self._applying:
            if self._pending is None:
                return None
            envelope, manifest = self._pending
            wanted = {ref.digest for ref in manifest.parts.values()}
            if not all(name in self._strays or name in self._parts for name in wanted):
                return None
            held = {name: self._strays[name] for name in wanted if name in self._strays}
            try:
                parts, plan = await self._assemble(manifest, held)
            except WireError as error:
                self._forget(manifest)
                return PlanResult(manifest=manifest, fresh=False, why=str(error))
            if self._pending[1].version > manifest.version:
                # A newer one came between two parts; it is applied by its own call.
                return None
            self._forget(manifest)
            self._unsaved |= {name: data for name, data in held.items() if name not in self._parts}
            self._strays = OrderedDict((name, data) for name, data in self._strays.items() if name not in held)
            self._stray_size = sum(map(_cost, self._strays.values()))
            self._use(envelope, parts, plan)
            self.on_disk = False
            await self._save()
            return PlanResult(manifest=manifest, fresh=True)

    async def save(self) -> bool:
        """Bring the plan in force to the disk if it is not there yet; whether it is."""
        async with self._applying:
            return self.on_disk or await self._save()

    @property
    def envelope(self) -> bytes:
        """The manifest in force, as it came; empty while there is no plan."""
        return self._envelope

    async def bytes_of(self, name: str) -> bytes | None:
        """A part of the plan in force by its digest, as it came. Where the disk does not give it back it is written
        anew: a value has one text. ``None`` where that is another, or the plan in force is by now."""
        if (fresh := self._unsaved.get(name)) is not None:
            return fresh
        with contextlib.suppress(OSError):
            data = await asyncio.to_thread(self._files.read, f"{PARTS}/{name}")
            if data is not None and digest(data) == name:
                return data
        anew = encode(self._parts[name]) if name in self._parts else b""
        return anew if digest(anew) == name else None

    def _open(self, envelope: bytes) -> Manifest:
        return open_envelope(
            envelope, purpose=Purpose.PLAN, kind=Manifest, site=self._site, edge=self._edge, keys=self.keys
        )

    def _check_age(self, manifest: Manifest) -> None:
        """The order of plans holds also where the plan on the disk is lost. Raises ``PlanRefused``."""
        highest = self.highest
        if highest is None or manifest.version > highest.version:
            return
        if manifest.version < highest.version:
            raise PlanRefused(f"plan {manifest.version} is older than {highest.version}, which was applied before")
        if manifest.digest != highest.digest:
            raise PlanRefused(f"plan {manifest.version} comes a second time with another content")

    def _mark(self, manifest: Manifest) -> None:
        self.highest = HighestPlan(version=manifest.version, digest=manifest.digest)

    def _forget(self, manifest: Manifest) -> None:
        if self._pending is not None and self._pending[1].version == manifest.version:
            self._pending = None

    async def _assemble(self, manifest: Manifest, held: dict[str, bytes]) -> tuple[dict[str, Part], Plan]:
        """Parts that the plan in force shares are not decoded again; between two others a key can be served."""
        assembly = Assembly(manifest)
        parts: dict[str, Part] = {}
        for name, ref in manifest.parts.items():
            part = self._parts.get(ref.digest)
            if part is None:
                if ref.digest not in held:
                    raise PlanRefused(f"part {name} of plan {manifest.version} is not there")
                part = read_part(name, held[ref.digest], ref)
            await asyncio.sleep(0)
            parts[ref.digest] = part
            assembly.add(part)
        return parts, assembly.finish()

    def _use(self, envelope: bytes, parts: dict[str, Part], plan: Plan) -> None:
        self._envelope, self._parts, self.plan = envelope, parts, plan
        self._using()

    async def _save(self) -> bool:
        needed = set(self._parts)
        self._unsaved = {name: data for name, data in self._unsaved.items() if name in needed}
        try:
            await asyncio.to_thread(self._write, self._envelope, dict(self._unsaved), needed)
        except OSError:
            return False
        self._unsaved.clear()
        self.on_disk = True
        if self.plan is not None:
            self._mark(self.plan.manifest)
        return True

    def _write(self, envelope: bytes, parts: dict[str, bytes], needed: set[str]) -> None:
        """In a thread: parts first, the manifest that names them last, then away with what nothing names."""
        for name, data in parts.items():
            self._files.replace(f"{PARTS}/{name}", data)
        self._files.replace(MANIFEST, envelope)
        for path in self._files.names(PARTS):
            if path.removeprefix(f"{PARTS}/") not in needed:
                self._files.remove(path)


def _cost(data: bytes) -> int:
    return max(len(data), STRAY_COST)


def _check_size(manifest: Manifest) -> None:
    """Raises ``PlanRefused`` for more than a Pi has room for."""
    size = sum({ref.digest: ref.size for ref in manifest.parts.values()}.values())
    if size > PLAN_LIMIT:
        raise PlanRefused(f"plan {manifest.version} has {size} bytes, more than the {PLAN_LIMIT} an edge takes")
