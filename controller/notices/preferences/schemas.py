"""What the routes of notice preferences take and answer."""

from collections.abc import Sequence

from controller.notices.model import Channel
from controller.notices.preferences.model import By
from controller.notices.preferences.service import Preference
from controller.notices.schemas import KindName
from controller.platform.web.fields import Answer, Body, answer_of


class PreferencesBody(Body):
    """``choices``: how notices of each kind are to come. Kinds that are left out stay as they are."""

    choices: dict[KindName, By]


class PreferenceRead(Answer):
    """``subject``: how the subject of such a notice begins. ``required``: it cannot be switched off, since it brings
    the door code or says that the door stays shut. ``when``: the days and hour at which your digests come; empty for
    other kinds. The digest is there for who has one."""

    kind: KindName
    subject: str
    by: By
    required: bool
    when: str


class PreferenceList(Answer):
    """One for each kind of notice; none where there is no address to which notices could go. A channel by which
    somebody cannot be reached is replaced by the other. ``channels``: those that are set up."""

    items: list[PreferenceRead]
    channels: list[Channel]


def preferences_answer(found: Sequence[Preference], channels: frozenset[Channel]) -> PreferenceList:
    return PreferenceList(
        channels=sorted(channels),
        items=[answer_of(PreferenceRead, each, kind=each.kind.name.lower(), subject=str(each.kind)) for each in found],
    )
