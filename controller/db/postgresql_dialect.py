"""SQLAlchemy's dialect for PostgreSQL, with engines that share what they compile, as ``sqlite_dialect`` has it.
``controller.db.engine`` names it."""

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import URL

from controller.db.postgresql_servers import Servers, servers_at


class SharedDialect(PGDialect_asyncpg):
    """Equal for all engines whose servers SQLAlchemy writes the same SQL for."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedDialect) and self._written_for() == other._written_for()

    def __hash__(self) -> int:
        return hash(type(self))

    def _written_for(self) -> tuple[object, ...]:
        """What SQLAlchemy learns of a server at the first connection."""
        return self.server_version_info, self._backslash_escapes, self.default_schema_name

    def create_connect_args(self, url: URL) -> tuple[list[str], dict[str, Any]]:
        """As SQLAlchemy has it; of several servers, a connection goes to the newest that may write."""
        words, wanted = super().create_connect_args(url)  # type: ignore[no-untyped-call]
        if (servers := _servers(wanted)) is not None:
            wanted["async_creator_fn"] = servers.connect
        return list(words), dict(wanted)

    def servers(self, url: URL) -> tuple[Servers, dict[str, Any]] | None:
        """Of a database of several servers: them, and what the driver needs to connect to any of them."""
        _, wanted = super().create_connect_args(url)  # type: ignore[no-untyped-call]
        servers = _servers(wanted)
        return None if servers is None else (servers, dict(wanted))


def _servers(wanted: Any) -> Servers | None:
    hosts, ports = wanted.get("host"), wanted.get("port")
    if not isinstance(hosts, list) or len(hosts) < 2:
        return None
    if not isinstance(ports, list):
        ports = [ports or 5432] * len(hosts)
    return servers_at(tuple((host, int(port or 5432)) for host, port in zip(hosts, ports, strict=True)))
