"""Many sites in one file: each site's own file with its tables below ``sites.<id>``. Pure."""

from collections.abc import Iterable
from typing import Any

import tomli_w

from controller.platform.uploads import toml
from edge.wire.ids import is_slug

_HEAD = """\
# The estate, as Hallkeeper keeps it. docs/buildings.md describes each field.
# Import it with: hallkeeper site import FILE
"""
_PARTS = ("format", "sites")


class NoSiteFile(ValueError):
    """A file that is neither a site's nor that of several."""


def joined(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files of sites, by their ids, as one; the same bytes for the same files. Raises ``NoSiteFile``."""
    head: dict[str, Any] = {}
    text = ""
    for site, data in files:
        document = _read(data)
        head = {"format": document.pop("format", None)}
        text += f"\n# {document['site']['name']}\n\n" + tomli_w.dumps({"sites": {site: document}})
    return (_HEAD + "\n" + tomli_w.dumps(head) + text).encode()


def parted(data: bytes) -> dict[str, bytes]:
    """The files of the sites in a file by their ids; of a single site's, itself. Raises ``NoSiteFile``."""
    document = _read(data)
    if "sites" not in document:
        return {_site_of(document): data}
    if unknown := [name for name in document if name not in _PARTS]:
        raise NoSiteFile(f"{unknown[0]!r} is outside the sites; each table in this file begins with sites.ID")
    sites = document["sites"]
    if not isinstance(sites, dict) or not sites:
        raise NoSiteFile("the file has no site; its tables begin with sites.ID, such as [sites.ramsey.site]")
    head = {name: value for name, value in document.items() if name != "sites"}
    return {_named(site, table): tomli_w.dumps(head | table).encode() for site, table in sites.items()}


def _read(data: bytes) -> dict[str, Any]:
    try:
        return toml.loads(data)
    except ValueError as error:
        raise NoSiteFile(str(error)) from error


def _site_of(document: dict[str, Any]) -> str:
    site = document.get("site")
    found = site.get("id") if isinstance(site, dict) else None
    if not isinstance(found, str) or not is_slug(found):
        raise NoSiteFile('the file needs a table [site] with its id, such as id = "ramsey"')
    return found


def _named(site: str, table: object) -> str:
    if not is_slug(site):
        raise NoSiteFile(f"sites.{site[:60]}: an id is small letters, digits and inner hyphens, 40 at most")
    if not isinstance(table, dict):
        raise NoSiteFile(f"sites.{site}: must be tables, such as [sites.{site}.site]")
    return site
