"""Who may do what to which thing, written out."""

import pytest

from controller.people.model import Actor, Role
from controller.people.permissions import Action, Thing, may, may_somewhere, sees

ALL = "read live book decide run build contact people keys users open lock_down reissue"
DOORS = "open lock_down reissue"

# role, its sites, its party | the thing's site, the thing's party | what it may
TABLE = f"""
admin    *       -      | ramsey  -      | {ALL}
admin    *       -      | -       -      | {ALL}
admin    *       -      | ramsey  choir  | {ALL}
admin    ramsey  -      | ramsey  choir  | read live book decide run build contact people keys {DOORS}
admin    ramsey  -      | -       -      | nothing
admin    ramsey  -      | -       choir  | read contact
admin    ramsey  -      | wyton   -      | nothing
manager  *       -      | ramsey  -      | read live book decide run contact people keys {DOORS}
manager  *       -      | -       choir  | read live book decide run contact people keys {DOORS}
manager  ramsey  -      | ramsey  choir  | read live book decide run contact people keys {DOORS}
manager  ramsey  -      | -       -      | nothing
manager  ramsey  -      | -       choir  | read contact
manager  ramsey  -      | wyton   choir  | nothing
booker   *       choir  | ramsey  choir  | read book contact reissue
booker   *       choir  | ramsey  yoga   | read
booker   *       choir  | ramsey  -      | read
booker   *       choir  | -       choir  | read book contact reissue
booker   *       choir  | -       yoga   | read
booker   ramsey  choir  | ramsey  choir  | read book contact reissue
booker   ramsey  choir  | wyton   choir  | nothing
booker   ramsey  choir  | -       choir  | read contact
booker   ramsey  choir  | -       yoga   | read
booker   *       -      | ramsey  -      | read
booker   *       -      | ramsey  choir  | read
porter   *       -      | ramsey  -      | read live contact {DOORS}
porter   *       -      | ramsey  choir  | read live contact {DOORS}
porter   ramsey  -      | ramsey  choir  | read live contact {DOORS}
porter   ramsey  -      | wyton   -      | nothing
reader   *       -      | ramsey  -      | read
reader   *       -      | ramsey  choir  | read
reader   *       -      | -       -      | read
reader   ramsey  -      | wyton   -      | nothing
reader   ramsey  -      | -       -      | nothing
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: " ".join(line.split("|")[0:2]))
def test_a_role_may_what_the_table_says_and_nothing_else(line: str) -> None:
    who, what, allowed = (part.split() for part in line.split("|"))
    role, sites, party = who
    actor = Actor(
        name="somebody",
        role=Role(role),
        sites=None if sites == "*" else frozenset(sites.split(",")),
        party=None if party == "-" else party,
    )
    site, owner = (None if each == "-" else each for each in what)
    found = [action.value for action in Action if may(actor, action, Thing(site=site, party=owner))]
    assert sorted(found) == sorted(allowed if allowed != ["nothing"] else [])


def test_the_estate_is_seen_by_who_has_all_sites() -> None:
    some = Actor(name="somebody", role=Role.READER, sites=frozenset({"ramsey"}))
    assert [site for site in ("ramsey", "wyton", None) if sees(some, site)] == ["ramsey"]
    assert [site for site in ("ramsey", None) if sees(Actor(name="everybody"), site)] == ["ramsey", None]


def test_who_has_some_sites_may_do_somewhere_what_is_allowed_at_one_of_them() -> None:
    some = Actor(name="somebody", role=Role.BOOKER, sites=frozenset({"ramsey"}), party="choir")
    assert may_somewhere(some, Action.BOOK, party="choir")
    assert not may_somewhere(some, Action.BOOK, party="yoga")
    assert not may_somewhere(some, Action.RUN)
    assert not may_somewhere(Actor(name="nobody", sites=frozenset()), Action.READ)
    assert not may_somewhere(Actor(name="admin", sites=frozenset({"ramsey"})), Action.USERS)
