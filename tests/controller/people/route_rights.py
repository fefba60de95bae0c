"""What each route asks for, of what, and what its answer shows of that. A route without a row fails test_matrix."""

from typing import NamedTuple

# method and path | the action | what it is done to | what the answer shows of it to who may see that
#
# room: only a tablet at a room's door, which nobody else is (test_room_tablets).
# -: nobody need have a right. site: the one of the path, for some party at least. thing: a booking, a series or a
# request that waits, of a party at a site. party, holder, override, user: the one of the path. all: what belongs to all
# sites. somewhere: the actor may do it at one site at least, and the route keeps to those.
TABLE = """
POST /bookings/{booking_id}/problem-reports         | check_in  | thing     |
PUT /bookings/{booking_id}/problem-reports/{report_id}/content | check_in | thing |
GET /sites/{site}/problem-reports                   | run       | site      |
PUT /sites/{site}/problem-reports/{report_id}       | run       | site      |
DELETE /sites/{site}/problem-reports/{report_id}    | run       | site      |
GET /sites/{site}/problem-reports/{report_id}/content | run     | site      |
GET /sites/{site}/sensors                           | live      | site      |
GET /sites/{site}/edges/{edge}/sensors/{sensor}     | live      | site      |
PUT /sites/{site}/edges/{edge}/sensors/{sensor}     | run       | site      |
DELETE /sites/{site}/edges/{edge}/sensors/{sensor}  | run       | site      |
GET /sites/{site}/hand-counts                       | run       | site      |
POST /sites/{site}/hand-counts                      | run       | site      |
POST /sites/{site}/hand-counts/{count}/end          | run       | site      |
GET /sites/{site}/floor-plan                        | live      | site      |
GET /sites/{site}/floor-plan/content                | live      | site      |
PUT /sites/{site}/floor-plan                        | run       | site      |
DELETE /sites/{site}/floor-plan                     | run       | site      |
POST /sites/{site}/floor-plan/undo                  | run       | site      |
GET /sites/{site}/ways                              | read      | site      |
PUT /sites/{site}/ways                              | run       | site      |
GET /sites/{site}/ways/content                      | read      | site      |
PUT /sites/{site}/ways/content                      | run       | site      |
DELETE /sites/{site}/ways/content                   | run       | site      |
GET /sites/{site}/bookings                          | read      | site      | title contact link show_link
POST /sites/{site}/bookings                         | book      | site      |
GET /sites/{site}/bookings/search                   | read      | site      | title contact link show_link
GET /sites/{site}/diary                             | read      | site      |
GET /sites/{site}/diary/whats-on                    | read      | site      |
GET /bookings/search                                | read      | somewhere | title
POST /bookings/search                               | code      | somewhere |
POST /bookings/search/text                          | read      | somewhere | title
GET /sites/{site}/requests                          | read      | site      |
GET /requests                                       | read      | somewhere |
GET /my/bookings                                    | read      | somewhere |
GET /my/waiting                                     | read      | somewhere |
POST /sites/{site}/bookings/check                   | read      | site      |
GET /bookings/{booking_id}                          | read      | thing     | title contact link show_link
PATCH /bookings/{booking_id}                        | book      | thing     |
GET /bookings/{booking_id}/log                      | log       | thing     | why
POST /bookings/{booking_id}/approve                 | decide    | thing     |
POST /bookings/{booking_id}/decline                 | decide    | thing     |
POST /bookings/{booking_id}/finish                  | book      | thing     |
POST /bookings/{booking_id}/check-in                | check_in  | thing     |
DELETE /bookings/{booking_id}/check-in              | check_in  | thing     |
POST /bookings/{booking_id}/cancel                  | book      | thing     |
POST /bookings/{booking_id}/restore                 | book      | thing     |
POST /bookings/{booking_id}/code                    | code      | thing     | code show_link link
POST /bookings/{booking_id}/code/reissue            | reissue   | thing     |
POST /bookings/{booking_id}/offline-code            | book      | thing     |
POST /bookings/{booking_id}/links/{kind}/renew      | reissue   | thing     |
POST /series/{series_id}/links/{kind}/renew         | reissue   | thing     |
GET /holders                                        | keys      | somewhere | holder
POST /holders                                       | keys      | somewhere |
GET /holders.csv                                    | keys      | somewhere | holder
POST /holders/import                                | keys      | somewhere |
GET /holders/{holder_id}                            | keys      | holder    | holder
PUT /holders/{holder_id}                            | keys      | holder    |
POST /holders/{holder_id}/reissue                   | keys      | holder    |
POST /holders/{holder_id}/reveal                    | keys      | holder    |
POST /holders/{holder_id}/end                       | keys      | holder    |
GET /members                                        | keys      | somewhere | induction
POST /members/import                                | keys      | all       |
POST /members/check                                 | keys      | all       |
GET /members/{member_id}                            | keys      | somewhere | induction
PATCH /members/{member_id}                          | keys      | all       |
PUT /members/{member_id}/induction                  | keys      | somewhere |
GET /setup-needed                                   | anyone    | -         |
POST /setup                                         | anyone    | -         |
GET /session                                        | signed-in | -         |
POST /session                                       | anyone    | -         |
DELETE /session                                     | signed-in | -         |
DELETE /session/others                              | signed-in | -         |
GET /sessions                                       | signed-in | -         |
DELETE /sessions/{session_id}                       | signed-in | -         |
GET /tokens                                         | signed-in | -         |
POST /tokens                                        | signed-in | -         |
DELETE /tokens/{token_id}                           | signed-in | -         |
POST /session/password                              | signed-in | -         |
GET /users                                          | users     | somewhere | user
POST /users                                         | users     | somewhere |
PATCH /users/{user_id}                              | users     | user      |
POST /users/{user_id}/assignments                   | users     | user      |
PATCH /users/{user_id}/assignments/{assignment_id}  | users     | user      |
DELETE /users/{user_id}/assignments/{assignment_id} | users     | user      |
GET /sign-in-options                                | anyone    | -         |
POST /session/mail                                  | anyone    | -         |
POST /session/mail/proof                            | anyone    | -         |
GET /session/email                                  | signed-in | -         |
POST /session/email                                 | signed-in | -         |
POST /session/email/proof                           | anyone    | -         |
POST /session/oidc                                  | anyone    | -         |
POST /session/oidc/proof                            | anyone    | -         |
GET /session/accounts                               | signed-in | -         |
POST /session/oidc/again                            | signed-in | -         |
POST /session/accounts                              | signed-in | -         |
POST /session/accounts/{account_id}/remove          | signed-in | -         |
GET /parties                                        | people    | somewhere | partymail
GET /parties.csv                                    | people    | somewhere | partymail
POST /parties/import                                | people    | somewhere |
GET /parties/{party}                                | contact   | party     | partymail
PUT /parties/{party}                                | people    | party     |
DELETE /parties/{party}                             | people    | party     |
POST /parties/{party}/forget                        | people    | party     |
GET /parties/{party}/data.zip                       | people    | party     |
GET /users/{user_id}/data.zip                       | users     | user      |
POST /users/{user_id}/forget                        | users     | user      |
GET /holders/{holder_id}/data.zip                   | keys      | holder    |
GET /members/{member_id}/data.zip                   | keys      | all       |
GET /parties/{party}/documents                      | documents | party     | document
POST /parties/{party}/documents                     | people    | party     |
PUT /parties/{party}/documents/{document_id}        | people    | party     |
DELETE /parties/{party}/documents/{document_id}     | people    | party     |
GET /parties/{party}/documents/{document_id}/content | documents | party    | file
PUT /parties/{party}/documents/{document_id}/content | people   | party     |
GET /sites/{site}/induction                         | run       | site      |
PUT /sites/{site}/induction                         | run       | site      |
GET /sites/{site}/induction/questions               | read      | site      |
GET /sites/{site}/induction/results                 | people    | site      |
POST /sites/{site}/induction/results                | read      | site      |
POST /sites/{site}/induction/links                  | keys      | site      |
GET /sites/{site}/calls                             | run       | site      |
POST /sites/{site}/calls                            | run       | site      |
POST /sites/{site}/calls/{notice}/no-answer         | run       | site      |
PUT /sites/{site}/calls/{notice}                    | run       | site      |
DELETE /sites/{site}/calls/{notice}                 | run       | site      |
GET /sites/{site}/lapsing                           | people    | site      |
GET /parties/{party}/safeguarding                   | people    | party     | safeguarding
PUT /parties/{party}/safeguarding                   | people    | party     |
DELETE /parties/{party}/safeguarding                | people    | party     |
GET /parties/{party}/notice-preferences             | contact   | party     |
PATCH /parties/{party}/notice-preferences           | people    | party     |
GET /session/notice-preferences                     | signed-in | -         |
PATCH /session/notice-preferences                   | signed-in | -         |
GET /parties/{party}/members                        | contact   | party     |
PUT /parties/{party}/members/{member}               | people    | party     |
DELETE /parties/{party}/members/{member}            | people    | party     |
GET /parties/{party}/people                         | group     | party     |
POST /parties/{party}/people                        | users     | somewhere |
PATCH /parties/{party}/people/{assignment_id}       | group     | party     |
DELETE /parties/{party}/people/{assignment_id}      | group     | party     |
POST /parties/{party}/leave                         | signed-in | -         |
GET /parties/{party}/merges                         | people    | party     |
POST /parties/{party}/merges                        | people    | party     |
POST /parties/{party}/merges/{merge_id}/undo        | people    | party     |
GET /sites/{site}/duplicates                        | people    | site      |
POST /parties/{party}/responsible                   | group     | party     |
GET /parties/{party}/invitations                    | group     | party     |
POST /parties/{party}/invitations                   | group     | party     |
GET /parties/{party}/invitations/{invitation_id}/qr.svg | group | party     |
POST /parties/{party}/invitations/{invitation_id}/resend | group | party    |
DELETE /parties/{party}/invitations/{invitation_id} | group     | party     |
POST /invitations/look                              | anyone    | -         |
POST /invitations/mail                              | anyone    | -         |
POST /invitations/accept                            | anyone    | -         |
GET /sites                                          | read      | somewhere | sitename
GET /sites/{site}                                   | read      | site      | sitename
PUT /sites/{site}                                   | build     | site      |
PUT /sites/{site}/floors/{floor}                    | build     | site      |
DELETE /sites/{site}/floors/{floor}                 | build     | site      |
PUT /sites/{site}/spaces/{space}                    | build     | site      |
DELETE /sites/{site}/spaces/{space}                 | build     | site      |
PUT /sites/{site}/equipment/{equipment}             | build     | site      |
DELETE /sites/{site}/equipment/{equipment}          | build     | site      |
PUT /sites/{site}/doors/{door}                      | build     | site      |
DELETE /sites/{site}/doors/{door}                   | build     | site      |
PUT /sites/{site}/edges/{edge}                      | build     | site      |
DELETE /sites/{site}/edges/{edge}                   | build     | site      |
GET /sites/{site}/edges/{edge}/enrolment            | build     | site      |
POST /sites/{site}/edges/{edge}/enrolment           | build     | site      |
POST /enrol                                         | anyone    | -         |
POST /sites/{site}/edges/{edge}/rotation            | build     | site      |
POST /sites/{site}/edges/{edge}/revocation          | build     | site      |
GET /sites/{site}/edges/{edge}/revocation           | build     | site      |
POST /signing-key/rotation                          | build     | all       |
GET /sites/{site}/file                              | run       | site      |
PUT /sites/{site}/file                              | build     | site      |
GET /sites/{site}/hours                             | read      | site      |
PUT /sites/{site}/hours                             | run       | site      |
GET /sites/{site}/hours/{day}                       | read      | site      |
GET /sites/{site}/modes                             | read      | site      |
GET /sites/{site}/bank-holidays                     | read      | site      |
GET /sites/{site}/closures                          | read      | site      |
POST /sites/{site}/closures                         | run       | site      |
DELETE /sites/{site}/closures/{closure}             | run       | site      |
GET /sites/{site}/terms                             | read      | site      |
PUT /sites/{site}/terms                             | run       | site      |
GET /sites/{site}/spaces/{space}/hours              | read      | site      |
PUT /sites/{site}/spaces/{space}/hours              | run       | site      |
GET /sites/{site}/policy                            | run       | site      |
PUT /sites/{site}/policy                            | run       | site      |
GET /sites/{site}/bookings.csv                      | run       | site      | title contact
POST /sites/{site}/bookings/import                  | run       | site      |
GET /sites/{site}/use                               | use       | site      |
GET /sites/{site}/use.csv                           | use       | site      |
GET /sites/{site}/use.pdf                           | use       | site      |
GET /use                                            | use       | somewhere |
GET /use.csv                                        | use       | somewhere |
GET /use/physical-visits.csv                        | use       | somewhere |
GET /sites/{site}/attendance                        | use       | site      | title
GET /sites/{site}/attendance.csv                    | use       | site      | title
GET /sites/{site}/affected-bookings                 | decide    | site      |
POST /sites/{site}/affected-bookings/keep           | decide    | site      |
POST /sites/{site}/affected-bookings/cancel         | decide    | site      |
POST /sites/{site}/affected-bookings/move           | decide    | site      |
POST /sites/{site}/closure-batches/preview          | run       | site      |
POST /sites/{site}/closure-batches                  | run       | site      |
POST /sites/{site}/closure-batches/bookings/check   | run       | site      |
POST /sites/{site}/closure-batches/bookings         | run       | site      |
GET /sites/{site}/closure-batches                   | run       | site      |
POST /sites/{site}/closure-batches/{batch_id}/final | run       | site      |
POST /sites/{site}/closure-batches/{batch_id}/undo  | run       | site      |
POST /sites/{site}/series/check                     | read      | site      |
POST /sites/{site}/series                           | book      | site      |
GET /series/{series_id}                             | read      | thing     | series
PATCH /series/{series_id}                           | book      | thing     |
POST /series/{series_id}/code                       | code      | thing     |
POST /series/{series_id}/cancel                     | book      | thing     |
POST /series/{series_id}/restore                    | book      | thing     |
GET /sites/{site}/free                              | read      | site      |
GET /free                                           | read      | somewhere |
GET /find/offered                                   | read      | somewhere |
POST /sites/{site}/bookings/instead                 | read      | site      |
POST /find                                          | read      | somewhere |
POST /find/series                                   | read      | somewhere |
GET /sites/{site}/waiting                           | read      | site      | waiting
POST /sites/{site}/waiting                          | book      | site      |
GET /waiting/{wait_id}                              | details   | thing     | waiting
DELETE /waiting/{wait_id}                           | book      | thing     |
POST /waiting/{wait_id}/restore                     | book      | thing     |
POST /waiting/{wait_id}/accept                      | book      | thing     |
POST /waiting/{wait_id}/decline                     | book      | thing     |
GET /sites/{site}/notices                           | run       | site      |
GET /sites/{site}/notice-digest                     | run       | site      |
PATCH /sites/{site}/notice-digest                   | run       | site      |
GET /sites/{site}/morning                           | run       | site      |
POST /sites/{site}/morning/seen                     | run       | site      |
GET /sites/{site}/notices/status                    | run       | site      |
POST /sites/{site}/notices/pause                    | run       | site      |
POST /sites/{site}/notices/resume                   | run       | site      |
POST /sites/{site}/notices/{notice}/retry           | run       | site      |
GET /sites/{site}/bounced-addresses                 | run       | site      |
DELETE /sites/{site}/bounced-addresses/{bounced_address} | run       | site      |
GET /bounced-addresses                              | users     | all       |
DELETE /bounced-addresses/{bounced_address}         | users     | all       |
GET /sites/{site}/notice-templates                  | run       | site      |
PUT /sites/{site}/notice-templates/{kind}           | run       | site      |
DELETE /sites/{site}/notice-templates/{kind}        | run       | site      |
POST /sites/{site}/notice-templates/{kind}/preview  | run       | site      |
GET /bookings/{booking_id}/notices                  | contact   | thing     |
POST /session/second-step                           | anyone    | -
GET /session/second-factor                          | signed-in | -
POST /session/second-factor                         | signed-in | -
POST /session/second-factor/proof                   | signed-in | -
POST /session/second-factor/remove                  | signed-in | -
POST /session/second-factor/again                   | signed-in | -
DELETE /users/{user_id}/second-factor               | users     | user
GET /sites/{site}/displays                           | users     | site      | display
POST /sites/{site}/displays                          | users     | site      |
DELETE /sites/{site}/displays/{display}              | users     | site      |
POST /displays/pair                                 | anyone    | -
GET /room-tablet                                    | room      | -
POST /room-tablet/check-in                          | room      | -
POST /room-tablet/report                            | room      | -
POST /room-tablet/offer                             | room      | -
POST /room-tablet/bookings                          | room      | -
POST /room-tablet/end                               | room      | -
POST /session/passkey/options                       | anyone    | -
POST /session/passkey                               | anyone    | -
POST /session/passkey/again                         | signed-in | -
GET /passkeys                                       | signed-in | -
POST /passkeys/options                              | signed-in | -
POST /passkeys                                      | signed-in | -
PATCH /passkeys/{passkey_id}                        | signed-in | -
POST /passkeys/{passkey_id}/remove                  | signed-in | -
DELETE /users/{user_id}/passkeys                    | users     | user
DELETE /users/{user_id}/accounts                    | users     | user
GET /audit                                          | audit     | all       |
GET /audit.csv                                      | audit     | all       |
GET /retention                                      | audit     | all       |
GET /sites/{site}/tariffs                           | read      | site      |
PUT /sites/{site}/tariffs                           | run       | site      |
POST /sites/{site}/quote                            | read      | site      |
GET /bookings/{booking_id}/quote                    | details   | thing     |
POST /bookings/{booking_id}/quote/waive             | decide    | thing     |
DELETE /bookings/{booking_id}/quote/waive           | decide    | thing     |
POST /sites/{site}/calendar                         | run       | site      |
GET /sites/{site}/feeds                             | run       | site      |
GET /sites/{site}/feeds/{feed}                      | run       | site      |
PUT /sites/{site}/feeds/{feed}                      | run       | site      |
DELETE /sites/{site}/feeds/{feed}                   | run       | site      |
POST /sites/{site}/feeds/{feed}/preview             | run       | site      |
POST /sites/{site}/feeds/{feed}/poll                | run       | site      |
GET /subscriptions                                  | read      | somewhere | subscription
POST /subscriptions                                 | book      | somewhere |
DELETE /subscriptions/{subscription_id}             | book      | somewhere |
GET /sites/{site}/hire-options                      | anyone    | -         |
POST /hire-requests                                 | anyone    | -         |
POST /hire-requests/check                           | anyone    | -         |
POST /hire-requests/proof                           | anyone    | -         |
POST /hire-requests/proof/check                     | anyone    | -         |
GET /bookings/{booking_id}/hire-request             | contact   | thing     |
GET /sites/{site}/whats-on                          | anyone    | -         |
POST /sites/{site}/doors/{door}/commands            | open      | site      |
POST /sites/{site}/edges/{edge}/commands            | open      | site      |
GET /commands/{command}                             | live      | somewhere |
GET /sites/{site}/acts                              | open      | site      |
GET /sites/{site}/plans                             | live      | site      |
POST /sites/{site}/overrides                        | lock_down | site      |
GET /sites/{site}/overrides                         | live      | site      | override
GET /overrides/{override_id}                        | live      | override  | override
POST /overrides/{override_id}/end                   | lock_down | override  |
GET /sites/{site}/restored                          | open      | site      |
GET /restored/{restored_id}                         | open      | somewhere |
POST /restored/{restored_id}/keep                   | open      | somewhere |
POST /restored/{restored_id}/remove                 | open      | somewhere |
POST /sites/{site}/doors/{door}/why                 | open      | site      |
GET /sites/{site}/now                               | live      | site      |
GET /sites/{site}/past                              | live      | site      |
GET /sites/{site}/events                            | live      | site      |
GET /sites/{site}/quarantine                        | live      | site      |
GET /sites/{site}/footfall                          | live      | site      |
GET /sites/{site}/footfall.csv                      | live      | site      |
GET /sites/{site}/forecast                          | live      | site      |
GET /sites/{site}/occupancy                         | live      | site      |
GET /sites/{site}/desks                             | live      | site      |
GET /sites/{site}/desks/free                        | read      | site      |
GET /desks/free                                     | read      | somewhere |
GET /sites/{site}/samples                           | live      | site      |
GET /sites/{site}/samples.csv                       | live      | site      |
GET /sites/{site}/alerts                            | live      | site      |
GET /alerts                                         | live      | somewhere |
GET /estate                                         | live      | somewhere |
GET /sites/{site}/raised-alerts                     | live      | site      |
POST /sites/{site}/raised-alerts/{alert_id}/acknowledge | open  | site      |
POST /sites/{site}/raised-alerts/{alert_id}/snooze  | open      | site      |
GET /sites/{site}/alert-rules                       | live      | site      |
PUT /sites/{site}/alert-rules                       | run       | site      |
POST /sites/{site}/alert-rules/preview              | run       | site      |
"""


class RouteRights(NamedTuple):
    action: str
    on: str
    shows: frozenset[str]


def rows() -> dict[tuple[str, str], RouteRights]:
    """By method and path."""
    found = {}
    for line in TABLE.strip().splitlines():
        route, action, on, shows = (cell.strip() for cell in (line + "|").split("|")[:4])
        method, path = route.split()
        assert (method, path) not in found, f"{route} has two rows"
        found[method, path] = RouteRights(action, on, frozenset(shows.split()))
    return found
