"""The controller as a process: migrates, starts, serves, stops on a signal, and ends when one of its tasks ends."""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
import uvloop

from controller.app.container import Container, NamedTask
from controller.app.http_app import build_app
from controller.app.idempotency import forget_old_keys
from controller.app.schema import is_newest, migrate
from controller.db.engine import Database
from controller.db.instance_lock import InstanceLock, hold
from controller.db.lease import WorkLease
from controller.enrolment.key_file_check import require_known
from controller.plans.clock_trust import GIVEN, MACHINE
from controller.platform.backups.before_upgrade import copy_before_upgrade
from controller.platform.preflight import load_clock, require_database, require_files
from controller.platform.privileges import become_owner
from controller.platform.settings import ConfigError, Listen, Settings
from controller.platform.settings_file import load_settings
from controller.platform.text.log_format import set_up_logging
from controller.platform.web.connection_limits import BoundedConfig, Connections, bounds_of_process
from edge.wire.clock import Clock
from edge.wire.log_format import LogFormat

log = logging.getLogger(__name__)

TIDY_EVERY_S = 3600.0


class Server(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again when it has stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(config: Path, log_format: LogFormat = LogFormat.TEXT) -> int:
    """Run the controller until a stop signal; returns the exit code.

    Raises ``ConfigError``, ``KeyFault``, ``DatabaseTaken``, ``BackupFault``.
    """
    settings = load_settings(config)
    clock = load_clock(config, settings)
    listener = open_listener(config, settings.listen)
    with listener:
        become_owner(settings.data_dir)
        require_files(config, settings)
        asyncio.run(require_database(config, settings))
        set_up_logging(kind=log_format)
        return uvloop.run(_run(settings, clock, listener))


def open_listener(config: Path, listen: Listen) -> socket.socket:
    """The listening socket, taken before anything else is touched. Raises ``ConfigError``."""
    try:
        family, _, _, _, address = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=512)
        # Connections inherit it. asyncio sets it only on sockets that name their protocol, which these do not, and
        # without it each answer waits 40 ms for the acknowledgement of its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise ConfigError(
            config, "listen", f"{listen.host}:{listen.port} cannot be used to listen ({error.strerror}); set another"
        ) from error
    return listener


async def _run(settings: Settings, clock: Clock, listener: socket.socket) -> int:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    url, name = settings.database_url, f"the controller at {settings.address}"
    if url.get_backend_name() != "sqlite" and not await is_newest(url):
        async with hold(url, name=name):
            await upgrade(settings)
    async with hold(url, name=name, shared=True) as lock:
        await upgrade(settings)
        await require_known_keys(settings)
        return await _serve(settings, clock, listener, lock)


async def migrate_alone(settings: Settings) -> None:
    """Bring the database to the newest form while no controller has it. Raises ``DatabaseTaken``,
    ``BackupFault``."""
    async with hold(settings.database_url, name="`hallkeeper controller migrate`"):
        await upgrade(settings)


async def upgrade(settings: Settings) -> None:
    """Bring the database, which no other controller has, to the newest form; it is copied before. Raises
    ``BackupFault``."""
    copy = await copy_before_upgrade(settings)
    if copy is not None:
        log.info("The database is upgraded; the way back is a copy of it", extra={"action": "upgrade", "file": copy})
    await migrate(settings.database_url)


async def require_known_keys(settings: Settings) -> None:
    """Raises ``KeyFault`` where the keys are not those that the database was written with. Makes none."""
    database = Database(settings.database_url)
    try:
        async with database.read() as tx:
            await require_known(tx, settings.data_dir / "keys")
    finally:
        await database.close()


async def _serve(settings: Settings, clock: Clock, listener: socket.socket, lock: InstanceLock) -> int:
    several = settings.database_url.get_backend_name() != "sqlite"
    app = build_app(settings, clock, time=MACHINE if settings.clock_file is None else GIVEN, several=several)
    container: Container = app.state.container
    connections = Connections(
        container.registry, bounds_of_process(settings.listen.connections), proxies=settings.listen.trusted
    )
    server = Server(BoundedConfig(app, connections, proxies=settings.listen.proxies))
    stop = _stop_on_signals(server)
    try:
        await container.start()
        if await container.people.setup_needed():
            log.info(
                "Nobody can sign in yet: open the pages and give the token of this file",
                extra={"action": "setup", "file": settings.data_dir / "setup-token"},
            )
        gc.freeze()  # what is there by now stays; a full collection of it would hold up the event loop
        log.info("The controller starts", extra={"action": "started", "address": settings.address})
        tasks = [
            NamedTask(name="tidy", run=lambda: tidy(container)),
            NamedTask(name="instance lock", run=lock.watch, everywhere=True),
            NamedTask(name="connections", run=connections.run, everywhere=True),
            *container.tasks,
        ]
        if container.lease is not None:
            tasks = under_lease(tasks, container.lease)
        return await supervise(lambda: server.serve([listener]), tasks, stop, lambda: _let_finish(server))
    finally:
        await container.close()
        log.info("The controller has stopped", extra={"action": "stopped"})


def under_lease(tasks: Sequence[NamedTask], lease: WorkLease) -> list[NamedTask]:
    """The tasks, with one that waits for the lease and then runs all that only one controller may run."""
    alone = [each for each in tasks if not each.everywhere]
    work = NamedTask(name="work", run=lambda: lease.run(lambda: run_all(alone)), everywhere=True)
    return [work, *(each for each in tasks if each.everywhere)]


async def run_all(tasks: Sequence[NamedTask]) -> None:
    """Run tasks until one of them ends; raises what it raised. It is logged which that was."""
    running = {asyncio.create_task(task.run(), name=task.name) for task in tasks}
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            log.critical("A task ended", extra={"action": "stopped", "task": task.get_name()})
            task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _stop_on_signals(server: Server) -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; the second cuts open requests off."""
    stop = asyncio.Event()

    def on_signal() -> None:
        server.force_exit = stop.is_set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


def _let_finish(server: Server) -> None:
    server.should_exit = True


async def supervise(
    serve: Callable[[], Coroutine[None, None, None]],
    tasks: Sequence[NamedTask],
    stop: asyncio.Event,
    let_finish: Callable[[], None],
) -> int:
    """Run ``serve`` and the tasks until ``stop``, or until one of them ends; 0 or 1, the exit code.

    On ``stop`` the server finishes first (``let_finish`` stops it), then the tasks are cancelled. A task
    that ends, by an error or by itself, ends all: half a controller would look like a whole one.
    """
    server = asyncio.create_task(serve(), name="web server")
    running = {server, *(asyncio.create_task(task.run(), name=task.name) for task in tasks)}
    stopped = asyncio.create_task(stop.wait(), name="stop")
    done, _ = await asyncio.wait(running | {stopped}, return_when=asyncio.FIRST_COMPLETED)
    ended = done - {stopped}
    let_finish()
    await asyncio.wait({server})
    for task in running | {stopped}:
        task.cancel()
    await asyncio.wait(running | {stopped})
    if not ended:
        return 0
    for task in ended:
        error = None if task.cancelled() else task.exception()
        fields = {"action": "stopped", "task": task.get_name()}
        log.critical("The controller stops because one of its tasks ended", exc_info=error, extra=fields)
    return 1


async def tidy(container: Container) -> None:
    """Forget what is no longer needed, once an hour."""
    while True:
        await tidy_once(container)
        await container.clock.sleep(TIDY_EVERY_S)


async def tidy_once(container: Container) -> None:
    """As ``tidy``, what is no longer needed now."""
    await container.people.sessions.tidy()
    await container.account_mails.tidy()
    await container.hire_requests.tidy()
    await container.second_factors.tidy()
    await container.passkeys.tidy()
    await container.displays.tidy()
    await container.oidc.tidy()
    await forget_old_keys(container)
    if container.change_log is not None:
        await container.change_log.forget()
