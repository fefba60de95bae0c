"""Users over HTTP. For administrators of all sites."""

from fastapi import APIRouter, status

from controller.people.authentication import KeepsUsers, ThePeople
from controller.people.errors import LastAdmin, UserTaken, UserUnknown
from controller.people.schemas import NewUserBody, UserAnswer, UserChangeBody, UserPage, user_answer
from controller.web.fields import LIST_LIMIT, After, IdPath, Limit
from controller.web.problem import NotSignedIn, described

router = APIRouter(tags=["people"], responses=described(NotSignedIn))


@router.get("/users")
async def list_users(people: ThePeople, actor: KeepsUsers, after: After = None, limit: Limit = LIST_LIMIT) -> UserPage:
    """All users, those that have ended too, in the order in which they were made."""
    users = await people.users.listed(after=after, limit=limit + 1)
    more, users = len(users) > limit, users[:limit]
    return UserPage(items=[user_answer(user) for user in users], next=users[-1].id if more else None)


@router.post("/users", status_code=status.HTTP_201_CREATED, responses=described(UserTaken))
async def add_user(body: NewUserBody, people: ThePeople, actor: KeepsUsers) -> UserAnswer:
    """Create a user. `admin` may do everything, `manager` runs sites, `booker` books for its party, `porter`
    operates doors, `reader` reads."""
    return user_answer(await people.users.add(body.draft(), password=body.password, actor=actor.name))


@router.patch("/users/{user_id}", responses=described(UserUnknown, LastAdmin))
async def change_user(user_id: IdPath, body: UserChangeBody, people: ThePeople, actor: KeepsUsers) -> UserAnswer:
    """Change a user's permissions, set a new password, end a user (`ended`) or reactivate one. A new password and an
    end sign the user out everywhere at once."""
    return user_answer(await people.users.change(user_id, body.change(), actor=actor.name))
