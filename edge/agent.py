"""The agent: what runs on one Pi, put together."""

from collections.abc import Callable

from edge.config import Config
from edge.files import Files
from edge.introduction import LinkMaker
from edge.pins import Pins
from edge.trust import kernel_synchronised
from edge.wire.clock import Clock
from edge.wire.events import Event


class Agent:
    """One edge. Built from its seams, so that simulator and tests run the very same; ``run`` starts it.

    ``link`` makes the connection from how the agent introduces itself. ``observer`` sees every event as it is
    recorded. ``synchronised``: whether the source of ``clock`` is set right at this moment.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock,
        pins: Pins,
        link: LinkMaker,
        files: Files,
        observer: Callable[[Event], None] | None = None,
        synchronised: Callable[[], bool] = kernel_synchronised,
    ) -> None:
        self._config = config

    async def run(self) -> None:
        """Run until cancelled; ends in the safe state. Raises ``TaskDied`` or ``RestartWanted``."""
