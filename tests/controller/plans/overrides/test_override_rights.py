"""Who may order an override and end one: every role, every kind."""

from itertools import product

import pytest

from controller.people.model import Actor, Role
from controller.plans.overrides.model import OverrideDraft
from controller.platform.web.problem import Refused
from edge.wire.plan import OverrideKind
from tests.integration.hub import ACTOR, Hub

UNA = Actor.acting(ACTOR, Role.PORTER)


@pytest.mark.cases_full
async def test_only_who_looks_after_doors_may_order_and_end(hub: Hub) -> None:
    overrides = hub.container.mqtt.overrides
    for role, kind in product(Role, OverrideKind):
        draft = OverrideDraft(kind=kind, doors=None, reason="police ask for it")
        actor = Actor.acting("somebody", role, party="choir" if role is Role.GROUP_LEADER else None)
        (made,) = (await overrides.order("ramsey", draft, actor=UNA)).ordered
        if role in (Role.OWNER, Role.MANAGER, Role.FACILITIES, Role.PORTER):
            (own,) = (await overrides.order("ramsey", draft, actor=actor)).ordered
            for each in (made, own):
                await overrides.end(each.id, why="", actor=actor)
            continue
        with pytest.raises(Refused, match="may not"):
            await overrides.order("ramsey", draft, actor=actor)
        with pytest.raises(Refused, match="may not"):
            await overrides.end(made.id, why="", actor=actor)
        await overrides.end(made.id, why="", actor=UNA)
