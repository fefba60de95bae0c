"""Users and their assignments over HTTP."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, status

from controller.people.authentication import KeepsUsers
from controller.people.errors import (
    AssignmentTaken,
    AssignmentUnknown,
    LastOwner,
    UserForgotten,
    UserTaken,
    UserUnknown,
)
from controller.people.model import Actor, User
from controller.people.party_schemas import Search
from controller.people.schemas import (
    AssignmentBody,
    AssignmentChangeBody,
    NewUserBody,
    UserAnswer,
    UserChangeBody,
    UserPage,
    user_answer,
)
from controller.people.users import UserService
from controller.platform.web.fields import LIST_LIMIT, After, IdPath, Limit, page_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, service
from edge.wire.clock import Clock

router = APIRouter(tags=["people"])
TheUsers = Annotated[UserService, service(UserService)]


@router.get("/users", responses=described(NotSignedIn))
async def list_users(
    users: TheUsers,
    clock: TheClock,
    actor: KeepsUsers,
    search: Annotated[Search, Query(description="Part of the name or the mail address, in any case")] = "",
    ended: Annotated[bool | None, Query(description="Only those that have ended, or that have not")] = None,
    after: After = None,
    limit: Limit = LIST_LIMIT,
) -> UserPage:
    """The users with an assignment at your sites or for all sites, in the order in which they were made."""
    found = await users.listed(actor=actor, search=search, ended=ended, after=after, limit=limit + 1)
    names = await users.party_names(held for user in found for held in user.assignments)
    answer = partial(user_answer, actor=actor, now=clock.now(), party_names=names)
    return page_of(UserPage, found, limit, answer, key=lambda user: user.id)


@router.post("/users", status_code=status.HTTP_201_CREATED, responses=described(NotSignedIn, UserTaken))
async def add_user(body: NewUserBody, users: TheUsers, clock: TheClock, actor: KeepsUsers) -> UserAnswer:
    """Create a user with at least one assignment: a role, at one site or at all, for a party where the role takes one,
    from and until when. You can give the rights that you have yourself, for as long. Without a `password`
    they sign in by mail to `email`."""
    user = await users.add(body.draft(), password=body.password, actor=actor)
    return await _answer(user, users, actor, clock)


@router.patch("/users/{user_id}", responses=described(NotSignedIn, UserUnknown, UserForgotten, LastOwner))
async def change_user(
    user_id: IdPath, body: UserChangeBody, users: TheUsers, clock: TheClock, actor: KeepsUsers
) -> UserAnswer:
    """Set a new password or mail address, end a user (`ended`) or reactivate one. A new password and an end sign the
    user out everywhere at once. You need every right that the user has; but for an end, for as long. Your own password
    and mail address you change under your account. Who is ended does not come back by an open link to join a party:
    those that would let them end (`ended_links`)."""
    user, links = await users.change(user_id, body.change(), actor=actor)
    return await _answer(user, users, actor, clock, ended_links=links)


@router.post(
    "/users/{user_id}/assignments",
    status_code=status.HTTP_201_CREATED,
    responses=described(NotSignedIn, UserUnknown, AssignmentTaken),
)
async def give_assignment(
    user_id: IdPath, body: AssignmentBody, users: TheUsers, clock: TheClock, actor: KeepsUsers
) -> UserAnswer:
    """Give a user an assignment more."""
    return await _answer(await users.give(user_id, body.draft(), actor=actor), users, actor, clock)


_ONE = described(NotSignedIn, AssignmentUnknown, LastOwner)


@router.patch("/users/{user_id}/assignments/{assignment_id}", responses=_ONE)
async def change_assignment(
    user_id: IdPath,
    assignment_id: IdPath,
    body: AssignmentChangeBody,
    users: TheUsers,
    clock: TheClock,
    actor: KeepsUsers,
) -> UserAnswer:
    """Change an assignment, such as when it ends. Applies at once; open pages too. Open links for several people that
    would give back what the user loses, now or at an earlier end than before, end too (`ended_links`)."""
    user, links = await users.change_assignment(user_id, assignment_id, body.change(), actor=actor)
    return await _answer(user, users, actor, clock, ended_links=links)


@router.delete("/users/{user_id}/assignments/{assignment_id}", responses=_ONE)
async def take_assignment_away(
    user_id: IdPath, assignment_id: IdPath, users: TheUsers, clock: TheClock, actor: KeepsUsers
) -> UserAnswer:
    """End an assignment now; it stays listed as over. Open links for several people that would give it back end too
    (`ended_links`). To undo that, give it again, and make new links. Idempotent."""
    user, links = await users.take_away(user_id, assignment_id, actor=actor)
    return await _answer(user, users, actor, clock, ended_links=links)


async def _answer(user: User, users: UserService, actor: Actor, clock: Clock, *, ended_links: int = 0) -> UserAnswer:
    names = await users.party_names(user.assignments)
    return user_answer(user, actor, clock.now(), names, ended_links=ended_links)
