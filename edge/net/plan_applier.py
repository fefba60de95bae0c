"""Applies plans as they arrive, and reports each to the controller: applied once it is on disk, or refused and why."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass

import msgspec

from edge.net.controller_session import Conversation
from edge.net.plan_store import PlanResult
from edge.runtime import Runtime
from edge.system.liveness import OUTSIDE_STUCK_S, Wake
from edge.wire.events import PlanData
from edge.wire.log_format import plan_id
from edge.wire.messages import Applied
from edge.wire.plan import Manifest

log = logging.getLogger(__name__)


@dataclass(eq=False, repr=False)
class PlanApplier:
    """``save_state`` is awaited after each plan; ``disk_refused`` is called when one cannot be written."""

    runtime: Runtime
    conversation: Conversation
    _: KW_ONLY
    save_state: Callable[[], Awaitable[None]]
    disk_refused: Callable[[], None]

    def __post_init__(self) -> None:
        self._refused: tuple[str, str] | None = None
        self._applied: Applied | None = None
        self.wake = Wake(OUTSIDE_STUCK_S)

    async def run(self) -> None:
        """Apply plans until cancelled."""
        if (plan := self.runtime.plans.plan) is not None:
            self._applied = self._applied_now(plan.manifest)
        while True:
            await self.wake.wait()
            self.wake.clear()
            outcome = await self.runtime.plans.apply()
            if outcome is not None:
                await self.save_state()
                self._report(outcome)

    def connected(self) -> None:
        """Say again which plan is applied."""
        if self._applied is not None:
            self.conversation.applied(self._applied)

    def part(self, payload: bytes) -> None:
        """A part has arrived. Raises ``WireError``."""
        self.runtime.plans.part(payload)
        self.wake.set()

    def manifest(self, payload: bytes) -> None:
        """A manifest has arrived. Raises ``WireError``."""
        outcome = self.runtime.plans.manifest(payload)
        if outcome is None:
            self.wake.set()
        else:
            self._report(outcome)

    async def save(self) -> None:
        """Try again to write a plan that the disk refused."""
        if not await self.runtime.plans.save():
            self.disk_refused()
        elif self._applied is None and (plan := self.runtime.plans.plan) is not None:
            self._report_applied(plan.manifest)

    def _report(self, outcome: PlanResult) -> None:
        runtime, manifest = self.runtime, outcome.manifest
        if outcome.why is not None:
            runtime.count("plan_refused")
            if self._refused != (manifest.digest, outcome.why):
                self._refused = (manifest.digest, outcome.why)
                data = PlanData(version=manifest.version, applied=False, why=outcome.why)
                runtime.record(runtime.config.edge, data)
                fields = {"action": "plan", "plan": self._id(manifest), "reason": outcome.why}
                log.warning("A plan was refused", extra=fields)
            refusal = self._applied_now(manifest)
            self.conversation.applied(msgspec.structs.replace(refusal, applied=False, grants=0, why=outcome.why))
        elif outcome.fresh:
            runtime.record(runtime.config.edge, PlanData(version=manifest.version, applied=True))
            self._applied = None
            if runtime.plans.on_disk:
                self._report_applied(manifest)
            else:
                self.disk_refused()
        else:
            self.connected()

    def _report_applied(self, manifest: Manifest) -> None:
        self._applied = self._applied_now(manifest)
        self.conversation.applied(self._applied)
        fields = {"action": "plan", "plan": self._id(manifest), "grants": self._applied.grants}
        log.info("A plan is in force", extra=fields)

    def _id(self, manifest: Manifest) -> str:
        return plan_id(self.runtime.config.site, self.runtime.config.edge, manifest.version)

    def _applied_now(self, manifest: Manifest) -> Applied:
        plan = self.runtime.plans.plan
        return Applied(
            site=self.runtime.config.site,
            edge=self.runtime.config.edge,
            version=manifest.version,
            digest=manifest.digest,
            at=self.runtime.now(),
            applied=True,
            grants=plan.grant_count if plan is not None else 0,
        )
