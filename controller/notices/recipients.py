"""Who hears of a booking, and by which channels."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from controller.bookings.diary.model import Booking
from controller.db.engine import Tx
from controller.notices.bounces import repository as bounces
from controller.notices.model import Channel, NoticeKind
from controller.notices.preferences import repository as preferences
from controller.notices.preferences.channel_choice import channels_for, used_channels
from controller.notices.sms import mobile
from controller.people.party_repository import parties
from controller.people.repository import email_key
from controller.platform.key_files import KeyFiles


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """``address``: a mail address, or a mobile number in E.164; empty where there is none that a notice can go to."""

    channel: Channel = Channel.MAIL
    address: str = ""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets the notices of a booking. ``person``: a keyed digest of their mail address, or of their mobile
    number where there is none, to which their preferences belong; empty for nobody. ``recipients``: one for each
    channel on which they can be reached; where there is none, one without an address. ``bounced``: mail to their
    address comes back."""

    person: bytes
    recipients: tuple[Recipient, ...]
    bounced: bool = False

    @property
    def channels(self) -> frozenset[Channel]:
        return frozenset(each.channel for each in self.recipients)

    def by(self, channels: Iterable[Channel]) -> tuple[Recipient, ...]:
        """Those of these channels."""
        return tuple(each for each in self.recipients if each.channel in channels)


class Recipients:
    """``channels``: those that are set up. ``region``: the country of numbers without a country code."""

    def __init__(self, keys: KeyFiles, channels: frozenset[Channel], region: str) -> None:
        self.channels = channels
        self._keys = keys
        self._region = region
        self._nobody = Recipient(channel=Channel.MAIL if Channel.MAIL in channels else Channel.SMS)
        """Has a channel that is set up, so that its notices come to be listed as ones to ring about."""

    async def of(self, tx: Tx, about: Sequence[Booking]) -> dict[str, Contact]:
        """Whom to tell of each booking, by its id: its own mail address and number, or those of its party. Not by mail
        where that comes back."""
        found = await parties(tx, {each.party for each in about if each.party is not None})
        mails: dict[str, str] = {}
        for each in about:
            party = found.get(each.party) if each.party is not None else None
            mails[each.id] = each.contact_email or (party.contact_email if party else "")
        marked = await bounces.marked(tx, [(each.site, mails[each.id]) for each in about if mails[each.id]])
        contacts: dict[str, Contact] = {}
        for each in about:
            party = found.get(each.party) if each.party is not None else None
            phone = each.contact_phone or (party.contact_phone if party else "")
            bounced = (each.site, email_key(mails[each.id])) in marked
            contacts[each.id] = self.contact(mail=mails[each.id], phone=phone, bounced=bounced)
        return contacts

    async def used(self, tx: Tx, about: Sequence[Booking]) -> Mapping[str, Sequence[Recipient]]:
        """By the id of each booking, where its notices go by what their people chose."""
        contacts = await self.of(tx, about)
        chosen = await preferences.of(tx, {each.person for each in contacts.values()})
        return {
            booking: contact.by(used_channels(chosen[contact.person], contact.channels))
            for booking, contact in contacts.items()
        }

    async def chosen(self, tx: Tx, contact: Contact, kind: NoticeKind) -> tuple[Recipient, ...]:
        """Where somebody gets notices of a kind by what they chose; none where they do not want them."""
        chosen = (await preferences.of(tx, {contact.person}))[contact.person]
        return contact.by(channels_for(chosen, kind, contact.channels))

    async def contact_at(self, tx: Tx, site: str, *, mail: str, phone: str) -> Contact:
        """Somebody of whom this is known, for the notices of a site."""
        bounced = bool(mail and await bounces.marked(tx, [(site, mail)]))
        return self.contact(mail=mail, phone=phone, bounced=bounced)

    def contact(self, *, mail: str, phone: str, bounced: bool = False) -> Contact:
        """Somebody of whom this is known. ``bounced``: mail to the address comes back."""
        found: list[Recipient] = []
        if mail and not bounced and Channel.MAIL in self.channels:
            found.append(Recipient(address=mail))
        if phone and Channel.SMS in self.channels and (number := mobile(phone, self._region)) is not None:
            found.append(Recipient(channel=Channel.SMS, address=number))
        if not found:
            return Contact(person=b"", recipients=(self._nobody,), bounced=bounced)
        return Contact(person=self.person(mail=mail, phone=phone), recipients=tuple(found), bounced=bounced)

    def person(self, *, mail: str, phone: str) -> bytes:
        """To whom preferences belong; empty for nobody."""
        if mail:
            return self.tag(f"person\0{email_key(mail)}")
        number = mobile(phone, self._region) if phone else None
        return self.tag(f"person\0{number}") if number else b""

    def token(self, person: bytes) -> str:
        """The last part of the link to their preferences."""
        return self._keys.preferences_token(person)

    def person_of(self, token: str) -> bytes | None:
        """Whose link it is; ``None`` for any other text."""
        return self._keys.preferences_person(token)

    def tag(self, text: str) -> bytes:
        """A keyed digest, which says nothing of the text."""
        return hashlib.blake2b(text.encode(), key=self._keys.page[:64], digest_size=16).digest()
