"""Nobody sees a diary before they have signed in."""

import re

import pyotp
import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import USER, SimHub
from tests.browser.axe import faults
from tests.browser.mailed import mailed, path_in
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

AUDITOR = [{"role": "auditor"}]


async def test_a_wrong_password_is_reported_and_the_right_one_opens_the_diary(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 401")
    page = screen.page
    await screen.open("/diary?site=march")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").filter(has_text="password")).to_be_focused()
    await page.get_by_label("Password").fill(hub.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    await expect(page.get_by_label("Building")).to_have_value("march")


async def test_an_ended_session_leads_back_to_signing_in(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(signed_in=False)
    page = screen.page
    await screen.open("/now")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill(hub.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Doors")).to_be_visible()
    screen.excuse("status of 401")  # of what is still being asked when the session ends
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("Ramsey")).to_have_count(0)


@pytest.mark.browser_full
async def test_a_password_is_changed_and_others_are_signed_out(screens: Screens, hub: SimHub) -> None:
    cora, first, second = "Cora at the desk", "nine quiet ladders", "four red bicycles"
    await hub.api.post("/users", {"name": cora, "password": first, "assignments": [{"role": "manager"}]})
    here, there = await screens.new(signed_in=False), await screens.new(signed_in=False)
    for screen in (here, there):
        screen.excuse("status of 401")
        screen.excuse("status of 422")
        await screen.open("/diary?site=ramsey")
        await screen.sign_in(cora, first)
    page = here.page
    await page.get_by_role("link", name="Account").click()
    await expect(page.get_by_role("heading", name=cora)).to_be_visible()
    roles = page.get_by_role("region", name="Your roles").get_by_role("listitem")
    await expect(roles).to_have_text(["Manager All buildings"])
    assert await faults(page, "account") == []
    assert await here.sideways() == 0
    await page.get_by_label("Password now").fill(first)
    await page.get_by_label("New password").fill("basketball")
    await page.get_by_role("button", name="Change the password").click()
    refused = page.get_by_role("alert").filter(has_text="The new password is too easy to guess")
    await expect(refused).to_be_focused()
    await page.get_by_label("New password").fill(second)
    await page.get_by_role("button", name="Change the password").click()
    await here.said("Your password is changed. Signed out in 1 other place.")
    await expect(there.page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    await page.get_by_role("button", name="Sign out everywhere else").click()
    await here.said("You were signed in nowhere else.")
    await page.get_by_role("link", name="Diary").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    await there.sign_in(cora, second)


@pytest.mark.browser_full
async def test_somebody_without_a_password_signs_in_with_the_digits_of_a_mail(screens: Screens, hub: SimHub) -> None:
    rosa = "rosa-digits@choir.test"
    await hub.api.post("/users", {"name": "Rosa", "assignments": [{"role": "wall"}], "email": rosa})
    screen = await screens.new(signed_in=False, size=PHONE)
    screen.excuse("status of 401")
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await page.get_by_role("button", name="Mail me a link instead").click()
    await page.get_by_label("Your mail address").fill(rosa)
    await page.get_by_role("button", name="Send the mail").click()
    await expect(page.get_by_role("heading", name="Look at your mail")).to_be_focused()
    assert await faults(page, "sign-in by mail") == []
    assert await screen.sideways() == 0
    await page.reload()  # a phone may drop the page while its owner reads the mail
    await page.get_by_label("Six digits").fill("12 34 5")
    await page.get_by_role("button", name="Sign in").click()
    screen.excuse("status of 422")
    await expect(page.get_by_role("alert").filter(has_text="Must be six digits.")).to_be_focused()
    [digits] = re.findall(r"\b\d{3} \d{3}\b", await mailed(hub, rosa))
    await page.get_by_label("Six digits").fill(digits)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    await page.get_by_role("link", name="Account").click()
    await expect(page.get_by_role("heading", name="Rosa")).to_be_visible()
    await expect(page.get_by_text(f"You sign in by mail to {rosa}.")).to_be_visible()
    await expect(page.get_by_text("by mail. Last used")).to_be_visible()
    assert await faults(page, "account") == []
    assert await screen.sideways() == 0
    await page.get_by_label("New password").fill("seven blue kettles")
    await page.get_by_role("button", name="Change the password").click()
    await screen.said("Your password is changed.")


@pytest.mark.browser_full
async def test_the_link_of_a_mail_opens_a_page_with_one_button(screens: Screens, hub: SimHub) -> None:
    shared = "choirs@choir.test"
    for name in ("Alto", "Bass"):
        await hub.api.post("/users", {"name": name, "assignments": [{"role": "wall"}], "email": shared})
    await hub.api.post("/session/mail", {"email": shared})
    path = path_in(await mailed(hub, shared))
    for _ in range(2):  # opening it uses nothing up
        screen = await screens.new(signed_in=False, size=PHONE)
        page = screen.page
        await screen.open(path)
        await expect(page.get_by_role("button", name="Sign in")).to_have_count(1)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    await page.get_by_role("button", name="Bass").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    assert path.partition("#")[2] not in page.url
    late = await screens.new(signed_in=False)
    late.excuse("status of 401")
    await late.open(path)
    await late.page.get_by_role("button", name="Sign in").click()
    await expect(late.page.get_by_role("alert").filter(has_text="used before or")).to_be_focused()


@pytest.mark.browser_full
async def test_a_new_address_is_confirmed_on_any_device(screens: Screens, hub: SimHub) -> None:
    password, new = "eleven green ladders", "carl-new@hub.test"
    await hub.api.post("/users", {"name": "Carl", "assignments": [{"role": "wall"}], "password": password})
    screen = await screens.new(signed_in=False)
    await screen.open("/diary?site=ramsey")
    await screen.sign_in("Carl", password)
    await screen.page.get_by_role("link", name="Account").click()
    await screen.page.get_by_label("Your address").fill(new)
    screen.excuse("status of 422")
    await screen.page.get_by_label("Your password").fill("not the password")
    await screen.page.get_by_role("button", name="Send a mail there").click()
    await expect(screen.page.get_by_role("alert").filter(has_text="That is not your password.")).to_be_focused()
    await screen.page.get_by_label("Your password").fill(password)
    await screen.page.get_by_role("button", name="Send a mail there").click()
    await expect(screen.page.get_by_label("Six digits")).to_be_visible()
    elsewhere = await screens.new(signed_in=False, size=PHONE)
    await elsewhere.open(path_in(await mailed(hub, new)))
    await elsewhere.page.get_by_role("button", name="Confirm the address").click()
    await expect(elsewhere.page.get_by_text("This is the mail address of Carl now.")).to_be_visible()
    await screen.page.reload()
    await expect(screen.page.get_by_text(f"You sign in by mail to {new}.")).to_be_visible()


@pytest.mark.browser_full
async def test_an_authenticator_app_is_added_and_asked_for(screens: Screens, hub: SimHub) -> None:
    password = "twelve grey lanterns"
    assignments = [{"role": "manager"}]
    await hub.api.post("/users", {"name": "Dora", "password": password, "assignments": assignments})
    screen = await screens.new(signed_in=False, size=PHONE)
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await screen.sign_in("Dora", password)
    await page.get_by_role("link", name="Account").click()
    await page.get_by_label("Password, to add an app").fill(password)
    await page.get_by_role("button", name="Add an authenticator app").click()
    key = await page.get_by_label("Key", exact=True).inner_text()
    assert await faults(page, "authenticator app") == []
    assert await screen.sideways() == 0
    app = pyotp.TOTP(key.replace(" ", ""))
    await page.get_by_label("Code from the app").fill(app.at(hub.clock.now()))
    await page.get_by_role("button", name="Confirm the app").click()
    codes = page.get_by_role("listitem").filter(has_text=re.compile(r"^\w{5}-\w{5}$"))
    await expect(codes).to_have_count(10)
    code = await codes.first.inner_text()
    await page.get_by_role("button", name="Sign out").first.click()
    screen.excuse("status of 401")
    await page.get_by_label("Name").fill("Dora")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Code")).to_be_focused()
    assert await faults(page, "second step") == []
    await page.get_by_label("Code").fill("abcdef")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").filter(has_text="wrong or was used")).to_be_focused()
    await page.get_by_label("Code").fill(code)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Dora")).to_be_visible()


@pytest.mark.browser_full
async def test_whose_role_wants_an_app_is_led_to_the_account(screens: Screens, hub: SimHub) -> None:
    password = "thirteen brown baskets"
    await hub.api.post("/users", {"name": "Tess", "password": password, "assignments": [{"role": "tablet"}]})
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 403")
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await page.get_by_label("Name").fill("Tess")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("your role wants a second factor")).to_be_visible()
    await page.get_by_role("link", name="Account").click()
    await page.get_by_label("Password, to add an app").fill(password)
    await page.get_by_role("button", name="Add an authenticator app").click()
    app = pyotp.TOTP((await page.get_by_label("Key", exact=True).inner_text()).replace(" ", ""))
    await page.get_by_label("Code from the app").fill(app.at(hub.clock.now()))
    await page.get_by_role("button", name="Confirm the app").click()
    await expect(page.get_by_text("An authenticator app is set up.")).to_be_visible()
    await page.reload()
    await page.get_by_role("link", name="Diary").click()
    await expect(page.get_by_role("grid")).to_be_visible()
