"""Returns the plan in force to a controller that does not know it, such as one restored from a backup."""

from collections import deque

from edge.net.plan_store import PlanStore
from edge.wire.messages import Hello


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
