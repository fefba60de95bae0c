"""Which event an alert rests on, for the log: the line of an alert that is raised names the event that caused it."""

from controller.telemetry.alert_codes import AlertCode

MOST = 1000


class AlertCauses:
    """By site, code and what it is about, the newest event that this process stored; old ones are forgotten."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, AlertCode, str], str] = {}

    def note(self, site: str, code: AlertCode, about: str, event: str) -> None:
        self._events.pop((site, code, about), None)
        self._events[site, code, about] = event
        if len(self._events) > MOST:
            del self._events[next(iter(self._events))]

    def of(self, site: str, code: AlertCode, about: str) -> str | None:
        return self._events.get((site, code, about))
