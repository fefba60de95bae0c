"""Notice preferences over HTTP: one's own, and a party's."""

from typing import Annotated

from fastapi import APIRouter

from controller.notices.errors import NobodyToTell
from controller.notices.preferences.schemas import PreferenceList, PreferencesBody, preferences_answer
from controller.notices.preferences.service import NoticePreferences
from controller.notices.schemas import kind_of
from controller.people.authentication import KeepsPeople, SeesContacts, TheActor
from controller.people.errors import PartyUnknown
from controller.platform.web.fields import SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn))
ThePreferences = Annotated[NoticePreferences, service(NoticePreferences)]


@router.get("/session/notice-preferences")
async def own_notice_preferences(preferences: ThePreferences, actor: TheActor) -> PreferenceList:
    """How notices come to your own mail address."""
    return preferences_answer(await preferences.own(actor), preferences.channels)


@router.patch("/session/notice-preferences", responses=described(NobodyToTell))
async def change_own_notice_preferences(
    body: PreferencesBody, preferences: ThePreferences, actor: TheActor
) -> PreferenceList:
    """Choose how notices come to your own mail address: by `mail`, `sms`, `both` or `none`. What brings the door code,
    or says that the door stays shut, cannot be switched off. It holds from the next notice on, also for those that
    wait to be sent."""
    chosen = {kind_of(kind): by for kind, by in body.choices.items()}
    return preferences_answer(await preferences.put_own(actor, chosen), preferences.channels)


@router.get("/parties/{party}/notice-preferences", responses=described(PartyUnknown))
async def party_notice_preferences(party: SlugPath, preferences: ThePreferences, actor: SeesContacts) -> PreferenceList:
    """How notices come to the contact of a party."""
    return preferences_answer(await preferences.of_party(party), preferences.channels)


@router.patch("/parties/{party}/notice-preferences", responses=described(PartyUnknown, NobodyToTell))
async def change_party_notice_preferences(
    party: SlugPath, body: PreferencesBody, preferences: ThePreferences, actor: KeepsPeople
) -> PreferenceList:
    """Choose how notices come to the contact of a party, as they asked for it. It belongs to their mail address, or to
    their mobile number where there is none, and holds for all notices that go there."""
    chosen = {kind_of(kind): by for kind, by in body.choices.items()}
    return preferences_answer(await preferences.put_of_party(party, chosen, actor), preferences.channels)
