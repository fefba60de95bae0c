"""What a real broker is to a test, whichever it is: a process on loopback that can be stopped, killed and frozen."""

from pathlib import Path

from tests.services.process import Service


class BrokerProcess:
    """Keeps ``port`` and data over kill and restart. The class below sets ``port`` and its ``_service``."""

    host = "127.0.0.1"
    port: int
    _service: Service

    @property
    def pid(self) -> int:
        return self._service.pid

    @property
    def log(self) -> Path:
        return self._service.log

    def start(self) -> None:
        """Returns once it accepts connections."""
        self._service.start()

    def stop(self) -> None:
        """SIGTERM: retained messages are kept for the next start."""
        self._service.stop()

    def kill(self) -> None:
        """SIGKILL: what was not saved yet is gone, with mosquitto retained messages too."""
        self._service.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing is answered."""
        self._service.pause()

    def resume(self) -> None:
        self._service.resume()
