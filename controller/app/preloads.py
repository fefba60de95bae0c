"""What a page may name in its head of the API: only what the API would answer to who opens the page."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from controller.db.engine import Database
from controller.estate import repository as estate
from controller.people.authentication import Authenticated, the_actor
from controller.people.permissions import may_somewhere, parties_of
from controller.platform.web.problem import Problem
from controller.platform.web.services import service_of
from edge.wire.ids import is_slug


class Preloads:
    """``gates``: by its path, as OpenAPI writes it, what lets somebody in to a route that reads."""

    def __init__(self, gates: Mapping[str, Authenticated]) -> None:
        self._gates = gates

    async def __call__(self, request: Request, paths: Sequence[str], site: str) -> list[str]:
        """Those of the paths that are answered, with the site for ``{site}``. None where the database is away: the page
        comes all the same, and says so."""
        if not paths:
            return []
        try:
            actor = await the_actor(request)
            known = is_slug(site)
            if known:
                async with service_of(request, Database).read() as tx:
                    known = bool(await estate.known_sites(tx, frozenset({site})))
        except (Problem, SQLAlchemyError, OSError):
            return []
        found = []
        for path in paths:
            gate = self._gates.get(path.partition("?")[0])
            if "{site}" in path:
                here = known and (gate is None or parties_of(actor, gate.action, site) != frozenset())
            else:
                here = gate is None or may_somewhere(actor, gate.action)
            if here and not actor.needs_second_factor:
                found.append(path.replace("{site}", site))
        return found
