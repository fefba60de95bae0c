"""What's on as schema.org events (JSON-LD), for websites and search engines. Pure."""

from collections.abc import Mapping

from pydantic import ConfigDict

from controller.calendars.whats_on.repository import ListedEventRow
from controller.diary.site_config import SiteConfig
from controller.people.model import Party, PartyKind
from controller.text import local_time
from controller.web.fields import Answer

_SCHEMA = "https://schema.org"


_NAMES = {
    "type_": "@type",
    "id_": "@id",
    "context": "@context",
    "graph": "@graph",
    "start": "startDate",
    "end": "endDate",
    "status": "eventStatus",
    "attendance": "eventAttendanceMode",
}
"""Our field names and their names in schema.org."""


class _Linked(Answer):
    model_config = ConfigDict(frozen=True, populate_by_name=True, alias_generator=lambda name: _NAMES.get(name, name))


class _Thing(_Linked):
    type_: str


class Geo(_Thing):
    type_: str = "GeoCoordinates"
    latitude: float
    longitude: float


class EventPlace(_Thing):
    type_: str = "Place"
    name: str
    address: str
    geo: Geo | None = None


class Organiser(_Thing):
    type_: str = "Organization"
    name: str


class PublicEvent(_Thing):
    """A booking that is marked as public. Times carry the site's offset."""

    type_: str = "Event"
    id_: str
    name: str
    start: str
    end: str
    status: str
    attendance: str = f"{_SCHEMA}/OfflineEventAttendanceMode"
    location: EventPlace
    organizer: Organiser | None = None


class WhatsOn(_Linked):
    """The events of a site, by start."""

    context: str = _SCHEMA
    graph: list[PublicEvent]


def whats_on(site_config: SiteConfig, listed: list[ListedEventRow], parties: Mapping[str, Party]) -> WhatsOn:
    """The organiser is shown for groups and organisations, never for persons."""
    return WhatsOn(graph=[_event(site_config, each, parties.get(each.party or "")) for each in listed])


def _event(site_config: SiteConfig, listed: ListedEventRow, party: Party | None) -> PublicEvent:
    site = site_config.site
    place = site_config.by_space.get(listed.space)
    name = f"{place.space.name}, {site.name}" if place else site.name
    geo = None
    if site.latitude is not None and site.longitude is not None:
        geo = Geo(latitude=site.latitude, longitude=site.longitude)
    return PublicEvent(
        id_=f"urn:uuid:{listed.id}",
        name=listed.title,
        start=local_time.rfc3339(listed.starts, site.tz),
        end=local_time.rfc3339(listed.ends, site.tz),
        status=f"{_SCHEMA}/{'EventCancelled' if listed.called_off else 'EventScheduled'}",
        location=EventPlace(name=name, address=site.address or site.name, geo=geo),
        organizer=Organiser(name=party.name) if party and party.kind is not PartyKind.PERSON else None,
    )
