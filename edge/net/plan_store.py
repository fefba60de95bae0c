"""Stores the plan: collects its parts as they arrive, checks and assembles them, puts the plan in force and on disk,
and loads it at the next start without a network. A controller that does not know the plan, such as one restored from a
backup, gets it back.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

import msgspec

from edge.system.durable_files import Files
from edge.system.persisted_state import HighestPlan
from edge.wire.codec import PART_LIMIT, encode
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.errors import PlanRefused, TooLarge, WireError
from edge.wire.messages import Hello
from edge.wire.plan import GrantsPart, Manifest, Part, Plan, check_manifest, digest, read_part
from edge.wire.plan_assembly import Assembly, IndexedGrants, indexed

FOLDER = "plan"
PARTS = f"{FOLDER}/parts"
MANIFEST = f"{FOLDER}/manifest"
STRAY_LIMIT = 32 * 1024 * 1024
"""The most bytes of parts that no manifest has named yet; parts may arrive before it."""
STRAY_COST = 2048
"""The least that each such part counts, in bytes, so that many tiny ones are limited too."""
PLAN_LIMIT = 128 * 1024 * 1024
"""The most bytes of all parts of a plan."""


class PlanResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a manifest: a ``fresh`` plan is in force, the plan in force arrived again, or it was refused with
    ``why``."""

    manifest: Manifest
    fresh: bool
    why: str | None = None


@dataclass(eq=False, repr=False)
class PlanStore:
    """``plan``: the one in force. ``highest``: the highest version ever on disk, which the caller stores separately.
    ``using`` is called as soon as another plan is in force, before it is on disk."""

    files: Files
    _: KW_ONLY
    site: str
    edge: str
    keys: Keyring
    using: Callable[[], None]
    highest: HighestPlan | None = None

    def __post_init__(self) -> None:
        self._envelope = b""
        self._pending: tuple[bytes, Manifest] | None = None
        self._strays: OrderedDict[str, bytes] = OrderedDict()
        self._stray_size = 0
        self._parts: dict[str, Part | IndexedGrants] = {}
        self._unsaved: dict[str, bytes] = {}
        self._applying = asyncio.Lock()
        self.plan: Plan | None = None
        self.on_disk = True

    async def open(self) -> str | None:
        """Load the plan from disk. Returns a sentence if there is one that cannot be used."""
        try:
            envelope = await asyncio.to_thread(self.files.read, MANIFEST)
            if envelope is None:
                return None
            manifest = self._open(envelope)
            check_manifest(manifest, None)
            self._check_age(manifest)
            held: dict[str, bytes] = {}
            for ref in manifest.parts.values():
                data = await asyncio.to_thread(self.files.read, f"{PARTS}/{ref.digest}")
                if data is not None:
                    held[ref.digest] = data
            parts, plan = await self._assemble(manifest, held)
        except (OSError, WireError) as error:
            return f"the plan on disk cannot be used: {error}"
        self._use(envelope, parts, plan)
        self._mark(manifest)
        return None

    def part(self, data: bytes) -> None:
        """Store a part that arrived, under its digest. Raises ``TooLarge``."""
        if len(data) > PART_LIMIT:
            raise TooLarge(f"a part has {len(data)} bytes; at most {PART_LIMIT} are allowed")
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
        """Drop the oldest unused parts, a few more than needed, so that this is not repeated for each part."""
        needed = {ref.digest for ref in self._pending[1].parts.values()} if self._pending else set()
        for stray in [stray for stray in self._strays if stray not in needed]:
            if self._stray_size <= STRAY_LIMIT * 7 // 8:
                break
            self._stray_size -= _cost(self._strays.pop(stray))

    def manifest(self, envelope: bytes) -> PlanResult | None:
        """Take a manifest. Returns a result if it is refused or already in force; on ``None``, call ``apply``.

        Raises a ``WireError`` if it is not a manifest for this edge, signed by its controller.
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
        """Put the pending plan in force if all its parts have arrived; ``None`` while some are missing."""
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
        """Write the plan in force to disk if necessary. Returns whether it is on disk."""
        async with self._applying:
            return self.on_disk or await self._save()

    @property
    def envelope(self) -> bytes:
        """The manifest in force, as received; empty without a plan."""
        return self._envelope

    async def bytes_of(self, name: str) -> bytes | None:
        """A part of the plan in force, as received, by its digest. If the disk does not return it, it is encoded again,
        because every value has exactly one encoding. ``None`` if that differs, or the plan has changed meanwhile."""
        if (fresh := self._unsaved.get(name)) is not None:
            return fresh
        with contextlib.suppress(OSError):
            data = await asyncio.to_thread(self.files.read, f"{PARTS}/{name}")
            if data is not None and digest(data) == name:
                return data
        part = self._parts.get(name)
        again = b"" if part is None else encode(part.part if isinstance(part, IndexedGrants) else part)
        return again if digest(again) == name else None

    def _open(self, envelope: bytes) -> Manifest:
        return open_envelope(
            envelope, purpose=Purpose.PLAN, kind=Manifest, site=self.site, edge=self.edge, keys=self.keys
        )

    def _check_age(self, manifest: Manifest) -> None:
        """Check that the plan is not older than the highest applied, even if the plan on disk is lost. Raises
        ``PlanRefused``."""
        highest = self.highest
        if highest is None or manifest.version > highest.version:
            return
        if manifest.version < highest.version:
            raise PlanRefused(f"plan {manifest.version} is older than {highest.version}, which was applied before")
        if manifest.digest != highest.digest:
            raise PlanRefused(f"plan {manifest.version} arrived again with other content")

    def _mark(self, manifest: Manifest) -> None:
        self.highest = HighestPlan(version=manifest.version, digest=manifest.digest)

    def _forget(self, manifest: Manifest) -> None:
        if self._pending is not None and self._pending[1].version == manifest.version:
            self._pending = None

    async def _assemble(
        self, manifest: Manifest, held: dict[str, bytes]
    ) -> tuple[dict[str, Part | IndexedGrants], Plan]:
        """Assemble a plan. Parts shared with the plan in force are neither decoded nor indexed again; other work can
        run between two that are."""
        assembly = Assembly(manifest)
        parts: dict[str, Part | IndexedGrants] = {}
        for name, ref in manifest.parts.items():
            part = self._parts.get(ref.digest)
            if part is None:
                if ref.digest not in held:
                    raise PlanRefused(f"part {name} of plan {manifest.version} is missing")
                part = read_part(name, held[ref.digest], ref)
                if isinstance(part, GrantsPart):
                    part = indexed(part)
                await asyncio.sleep(0)
            parts[ref.digest] = part
            assembly.add(part)
        return parts, assembly.finish()

    def _use(self, envelope: bytes, parts: dict[str, Part | IndexedGrants], plan: Plan) -> None:
        self._envelope, self._parts, self.plan = envelope, parts, plan
        self.using()

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
        """Runs in a thread: write the parts, then the manifest that names them, then delete unused parts."""
        for name, data in parts.items():
            self.files.replace(f"{PARTS}/{name}", data)
        self.files.replace(MANIFEST, envelope)
        for path in self.files.names(PARTS):
            if path.removeprefix(f"{PARTS}/") not in needed:
                self.files.remove(path)


def _cost(data: bytes) -> int:
    return max(len(data), STRAY_COST)


def _check_size(manifest: Manifest) -> None:
    """Raises ``PlanRefused`` if the plan is too large for a Pi."""
    size = sum({ref.digest: ref.size for ref in manifest.parts.values()}.values())
    if size > PLAN_LIMIT:
        raise PlanRefused(f"plan {manifest.version} has {size} bytes, more than the {PLAN_LIMIT} an edge takes")


class PlanReturn:
    """``manifest`` and ``parts`` (name and digest of each): what is still to be sent, as the controller signed it."""

    def __init__(self, plans: PlanStore) -> None:
        self._plans = plans
        self._asked_by: str | None = None
        self.manifest = b""
        self.parts: deque[tuple[str, str]] = deque()

    def begin(self, hello: Hello) -> bool:
        """Begin where a hello asks for the plan in force, once per hello; whether it does."""
        plan = self._plans.plan
        if hello.nonce == self._asked_by or plan is None or plan.manifest.version != hello.plan_wanted:
            return False
        self._asked_by = hello.nonce
        self.manifest = self._plans.envelope
        self.parts = deque((name, ref.digest) for name, ref in plan.manifest.parts.items())
        return True

    def stop(self) -> None:
        """Send no more of it."""
        self.manifest = b""
        self.parts.clear()

    def take_manifest(self) -> bytes:
        """The manifest, once; empty where there is none to send."""
        manifest, self.manifest = self.manifest, b""
        return manifest

    async def take_part(self) -> tuple[str, bytes | None]:
        """The next part and its name; ``None`` for one that the disk has lost. Raises ``IndexError`` after the last."""
        name, digest = self.parts.popleft()
        return name, await self._plans.bytes_of(digest)
