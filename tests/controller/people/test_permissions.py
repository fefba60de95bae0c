"""Who may do what to which thing, written out, and who may give which right."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.people.model import OF_PARTY, Actor, Assignment, Role
from controller.people.permissions import (
    ALLOWED,
    Action,
    Scope,
    Thing,
    is_own,
    lacks,
    may,
    may_somewhere,
    own_party,
    parties_of,
    sees,
    sites_of,
    things_of,
)
from tools.permissions_document import page

DOORS = "open lock_down"
STAFF = (
    f"read details live book check_in decide run code contact log people users {DOORS} reissue keys documents group use"
)
OWN = "details book check_in code contact log reissue documents group"

# role, its site, its party | the thing's site, the thing's party | what it may
TABLE = f"""
owner        *       -      | ramsey  -      | {STAFF} build audit
owner        *       -      | -       -      | {STAFF} build audit
owner        *       -      | ramsey  choir  | {STAFF} build audit
owner        ramsey  -      | ramsey  choir  | {STAFF} build audit
owner        ramsey  -      | -       -      | nothing
owner        ramsey  -      | -       choir  | read details code contact log group
owner        ramsey  -      | wyton   -      | nothing
manager      *       -      | ramsey  -      | {STAFF}
manager      *       -      | -       choir  | {STAFF}
manager      ramsey  -      | ramsey  choir  | {STAFF}
manager      ramsey  -      | -       -      | nothing
manager      ramsey  -      | -       choir  | read details code contact log group
manager      ramsey  -      | wyton   choir  | nothing
facilities   *       -      | ramsey  -      | read details live log use {DOORS}
facilities   ramsey  -      | ramsey  choir  | read details live log use {DOORS}
facilities   ramsey  -      | wyton   -      | nothing
porter       *       -      | ramsey  choir  | read details live check_in code contact log {DOORS} reissue
porter       ramsey  -      | ramsey  -      | read details live check_in code contact log {DOORS} reissue
porter       ramsey  -      | wyton   -      | nothing
group_leader *       choir  | ramsey  choir  | read {OWN}
group_leader *       choir  | ramsey  yoga   | read
group_leader *       choir  | ramsey  -      | read
group_leader *       choir  | -       choir  | read {OWN}
group_leader *       choir  | -       yoga   | read
group_leader ramsey  choir  | ramsey  choir  | read {OWN}
group_leader ramsey  choir  | wyton   choir  | nothing
group_leader ramsey  choir  | -       choir  | read details code contact log documents group
group_leader ramsey  choir  | -       yoga   | read
group_leader *       -      | ramsey  choir  | read
group_member *       choir  | ramsey  choir  | read details check_in code
group_member *       choir  | ramsey  yoga   | read
group_member ramsey  choir  | wyton   choir  | nothing
partner      *       choir  | ramsey  choir  | read {OWN}
partner      *       choir  | ramsey  yoga   | read
tablet       ramsey  -      | ramsey  choir  | read details check_in
tablet       ramsey  -      | wyton   choir  | nothing
wall         *       -      | ramsey  choir  | read details
wall         ramsey  -      | wyton   -      | nothing
wall         ramsey  -      | -       -      | nothing
auditor      *       -      | ramsey  choir  | read details log audit use
auditor      *       -      | -       -      | read details log audit use
auditor      ramsey  -      | wyton   -      | nothing
public       *       -      | ramsey  -      | nothing
"""
JANUARY, JUNE = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


def _actor(*held: Assignment) -> Actor:
    return Actor(name="somebody", assignments=held)


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: " ".join(line.split("|")[0:2]))
def test_a_role_may_what_the_table_says_and_nothing_else(line: str) -> None:
    who, what, allowed = (part.split() for part in line.split("|"))
    role, *of = who
    of_site, of_party = (None if each in "*-" else each for each in of)
    site, party = (None if each == "-" else each for each in what)
    actor = Actor.acting("somebody", Role(role), site=of_site, party=of_party)
    found = [action.value for action in Action if may(actor, action, Thing(site=site, party=party))]
    assert sorted(found) == sorted(allowed if allowed != ["nothing"] else [])


def test_the_page_about_permissions_is_the_generated_one() -> None:
    written = Path(__file__).parents[3] / "docs" / "permissions.md"
    assert written.read_text(encoding="utf-8") == page(), (
        "run: python -m tools.permissions_document > docs/permissions.md"
    )


def test_only_roles_for_a_party_are_limited_to_their_own() -> None:
    """So that an assignment without a party never has a right that counts for nothing."""
    limited = {role for role, row in ALLOWED.items() if Scope.OWN in row.values()}
    assert limited == OF_PARTY
    assert ALLOWED.keys() == set(Role)


def test_who_sees_a_code_a_contact_or_a_reason_also_sees_what_the_booking_is() -> None:
    for role, row in ALLOWED.items():
        for action in (Action.CODE, Action.CONTACT, Action.LOG):
            assert row.get(action) in (None, row.get(Action.DETAILS)), (role, action)


def test_what_an_actor_may_is_what_any_of_their_assignments_allows() -> None:
    both = _actor(
        Assignment(role=Role.MANAGER, site="ramsey"), Assignment(role=Role.GROUP_LEADER, site="wyton", party="choir")
    )
    assert may(both, Action.DECIDE, Thing(site="ramsey", party="yoga"))
    assert not may(both, Action.DECIDE, Thing(site="wyton", party="choir"))
    assert may(both, Action.BOOK, Thing(site="wyton", party="choir"))
    assert not may(both, Action.BOOK, Thing(site="wyton", party="yoga"))
    assert [site for site in ("ramsey", "wyton", "third", None) if sees(both, site)] == ["ramsey", "wyton"]
    assert (sites_of(both, Action.BOOK), sites_of(both, Action.DECIDE)) == (
        frozenset({"ramsey", "wyton"}),
        frozenset({"ramsey"}),
    )
    assert sites_of(both, Action.BOOK, party="yoga") == frozenset({"ramsey"})
    assert [parties_of(both, Action.BOOK, site) for site in ("ramsey", "wyton", "third", None)] == [
        *(None, frozenset({"choir"}), frozenset(), None)
    ]
    assert things_of(both, Action.BOOK) == {Thing(site="ramsey"), Thing(site="wyton", party="choir")}
    assert [own_party(both, site) for site in ("ramsey", "wyton")] == [None, "choir"]
    assert is_own(both, Action.CODE, Thing(site="wyton", party="choir"))
    assert not is_own(both, Action.CODE, Thing(site="ramsey", party="choir"))


def test_who_books_for_two_parties_has_no_party_of_their_own() -> None:
    two = _actor(*(Assignment(role=Role.GROUP_LEADER, party=party) for party in ("choir", "yoga")))
    assert own_party(two, "ramsey") is None
    assert parties_of(two, Action.BOOK, "ramsey") == frozenset({"choir", "yoga"})


def test_who_has_one_site_may_do_somewhere_what_is_allowed_there() -> None:
    some = Actor.acting("somebody", Role.GROUP_LEADER, site="ramsey", party="choir")
    assert may_somewhere(some, Action.BOOK)
    assert may_somewhere(some, Action.BOOK, party="choir")
    assert not may_somewhere(some, Action.BOOK, party="yoga")
    assert not may_somewhere(some, Action.RUN)
    assert not may_somewhere(_actor(), Action.READ)


@pytest.mark.parametrize(
    ("own", "given", "lacking"),
    [
        (Assignment(role=Role.OWNER), Assignment(role=Role.OWNER), None),
        (Assignment(role=Role.OWNER, site="ramsey"), Assignment(role=Role.OWNER, site="ramsey"), None),
        (Assignment(role=Role.OWNER, site="ramsey"), Assignment(role=Role.WALL), Action.USERS),
        (Assignment(role=Role.OWNER, site="ramsey"), Assignment(role=Role.WALL, site="wyton"), Action.USERS),
        (Assignment(role=Role.MANAGER, site="ramsey"), Assignment(role=Role.OWNER, site="ramsey"), Action.BUILD),
        (Assignment(role=Role.MANAGER, site="ramsey"), Assignment(role=Role.MANAGER, site="ramsey"), None),
        (Assignment(role=Role.MANAGER), Assignment(role=Role.GROUP_LEADER, party="choir"), None),
        (Assignment(role=Role.PORTER), Assignment(role=Role.WALL), Action.USERS),
        (Assignment(role=Role.MANAGER, until_at=JANUARY), Assignment(role=Role.WALL), Action.USERS),
        (Assignment(role=Role.MANAGER, until_at=JANUARY), Assignment(role=Role.WALL, until_at=JUNE), Action.USERS),
        (Assignment(role=Role.MANAGER, until_at=JUNE), Assignment(role=Role.WALL, until_at=JANUARY), None),
        (Assignment(role=Role.MANAGER, until_at=JUNE), Assignment(role=Role.WALL, until_at=JUNE), None),
    ],
)
def test_nobody_gives_a_right_that_they_lack_or_for_longer_than_they_have_it(
    own: Assignment, given: Assignment, lacking: Action | None
) -> None:
    assert lacks(_actor(own), given) is lacking


def test_a_right_is_given_by_assignments_together() -> None:
    parts = _actor(
        Assignment(role=Role.MANAGER, site="ramsey"), Assignment(role=Role.OWNER, site="ramsey", until_at=JANUARY)
    )
    assert lacks(parts, Assignment(role=Role.OWNER, site="ramsey")) is Action.BUILD
    assert lacks(parts, Assignment(role=Role.OWNER, site="ramsey", until_at=JANUARY)) is None
    assert lacks(parts, Assignment(role=Role.MANAGER, site="ramsey")) is None


def test_a_role_that_follows_an_account_lasts_for_who_is_given_one_and_for_nothing_else() -> None:
    by_group = _actor(Assignment(role=Role.MANAGER, until_at=JANUARY, account_id="a"))
    assert lacks(by_group, Assignment(role=Role.PORTER), renewed=True) is None
    assert lacks(by_group, Assignment(role=Role.PORTER)) is Action.USERS
    by_hand = _actor(Assignment(role=Role.MANAGER, until_at=JANUARY))
    assert lacks(by_hand, Assignment(role=Role.PORTER), renewed=True) is Action.USERS
