"""What a journey through the pages costs a person: steps, fields, and seconds by the keystroke-level model.

The model: S. K. Card, T. P. Moran, A. Newell, "The keystroke-level model for user performance time with interactive
systems", Communications of the ACM 23(7), 1980. It counts a practised person's time and no time of the machine.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect

KEY_S = 0.28
"""K: a key, or a mouse button, pressed by an average typist."""
POINT_S = 1.1
"""P: the mouse brought to something."""
HOME_S = 0.4
"""H: a hand moved from mouse to keys, or back."""
THINK_S = 1.35
"""M: a moment of thought before each press, choice and field."""
NEAR = 4
"""So many presses of Tab are quicker than the mouse."""

DOC = Path(__file__).parents[2] / "docs" / "journeys.md"

_TABS_BETWEEN = """target => {
    const from = document.activeElement;
    if (from === document.body) return 0;
    const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]');
    const stops = [...all].filter(
        one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility() && (one.type !== 'radio' || one.checked));
    const behind = stops.filter(one => from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    return behind.indexOf(target) + 1;
}"""
"""How often Tab is pressed from the focus to an element; 0 if it does not lead there."""


@dataclass(frozen=True, slots=True)
class Counts:
    steps: int
    fields: int
    seconds: float


class Hand:
    """Does what a person does on a page, and counts it.

    A step is a press or a choice: a click, a tick, a line of a list, Enter. A field is what is typed into, chosen or
    ticked. Tab is no step; its time counts.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._steps = self._fields = 0
        self._seconds = 0.0
        self._at_mouse = True
        self._began = time.perf_counter()

    @property
    def counts(self) -> Counts:
        return Counts(self._steps, self._fields, round(self._seconds, 1))

    def report(self, name: str) -> str:
        count, wall = self.counts, time.perf_counter() - self._began
        return (
            f"{name}: {count.steps} steps, {count.fields} fields, {count.seconds:.1f} s; the machine took {wall:.1f} s"
        )

    async def press(self, what: Locator) -> None:
        self._step()
        await self._click(what)

    async def tick(self, what: Locator) -> None:
        self._fields += 1
        await self.press(what)

    async def choose(self, what: Locator, option: str | re.Pattern[str]) -> None:
        """A line of a list: open it, and click the line."""
        self._fields += 1
        self._step()
        label = (await what.locator("option").filter(has_text=option).first.inner_text()).strip()
        await what.scroll_into_view_if_needed()
        self._to_mouse()
        self._seconds += 2 * (POINT_S + KEY_S)
        await what.focus()
        await what.select_option(label=label)

    async def write(self, what: Locator, text: str) -> None:
        """Into a field: by Tab where it is near, else by the mouse. What stood in it is typed over."""
        self._fields += 1
        self._seconds += THINK_S
        keys = self._page.keyboard
        if not await what.evaluate("one => one === document.activeElement"):
            tabs: int = await what.evaluate(_TABS_BETWEEN)
            if 0 < tabs <= NEAR:
                self._to_keys(tabs)
                for _ in range(tabs):
                    await keys.press("Tab")
            else:
                await self._click(what)
        await expect(what).to_be_focused()
        self._to_keys(len(text))
        if await what.evaluate("one => one.selectionEnd - one.selectionStart < one.value.length"):
            self._to_keys(2)
            await keys.press("ControlOrMeta+A")
        await keys.type(text)

    async def enter(self) -> None:
        self._step()
        self._to_keys(1)
        await self._page.keyboard.press("Enter")

    async def draw(self, along: Locator, from_px: float, to_px: float) -> None:
        """Press the button on one place of a row, and let it go on another; ``px`` from the row's left edge."""
        self._step()
        self._to_mouse()
        self._seconds += 2 * POINT_S + 2 * KEY_S
        await along.scroll_into_view_if_needed()
        box = await along.bounding_box()
        assert box is not None
        mouse, height = self._page.mouse, box["y"] + box["height"] / 2
        await mouse.move(box["x"] + from_px, height)
        await mouse.down()
        await mouse.move(box["x"] + to_px, height, steps=5)
        await mouse.up()

    async def _click(self, what: Locator) -> None:
        self._to_mouse()
        self._seconds += POINT_S + KEY_S
        await what.click()

    def _step(self) -> None:
        self._steps += 1
        self._seconds += THINK_S

    def _to_mouse(self) -> None:
        self._seconds += 0 if self._at_mouse else HOME_S
        self._at_mouse = True

    def _to_keys(self, presses: int) -> None:
        self._seconds += (HOME_S if self._at_mouse else 0) + presses * KEY_S
        self._at_mouse = False


def written(journey: str) -> Counts:
    """What the table in ``docs/journeys.md`` says of Hallkeeper's way."""
    for line in DOC.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[:2] == [journey, "Hallkeeper"]:
            return Counts(int(cells[2]), int(cells[3]), float(cells[4]))
    raise LookupError(f"docs/journeys.md has no line of Hallkeeper for: {journey}")


class Keys:
    """A person without a mouse, who hears of each stop what the accessibility tree says of it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self._page.keyboard.type(text)

    async def at(self, stop: str) -> None:
        """The focus is on what has this role and name, such as ``button "Approve"``."""
        role, name = stop.split(" ", 1)
        focused = self._page.locator("*:focus")
        await expect(focused).to_have_role(role)  # type: ignore[arg-type]
        await expect(focused).to_match_aria_snapshot(f"- {role} {name}")

    async def to(self, stop: str, *, back: bool = False, most: int = 60) -> None:
        """Press Tab until the focus is there."""
        heard = []
        for _ in range(most):
            await self._page.keyboard.press("Shift+Tab" if back else "Tab")
            heard.append(await self.hear())
            if _says(stop, heard[-1]):
                return await self.at(stop)
        raise AssertionError(f"Tab does not lead to {stop}, but to {heard}")

    async def hear(self) -> str:
        """What the tree says of the focused element, in its first line."""
        focused = self._page.locator("*:focus")
        return (await focused.aria_snapshot()).splitlines()[0] if await focused.count() else ""


def _says(stop: str, line: str) -> bool:
    role, name = stop.split(" ", 1)
    found = re.match(r"- '?(\w+) \"(.*?)\"", line)
    if found is None or found[1] != role:
        return False
    return re.search(name.strip("/"), found[2]) is not None if name.startswith("/") else name == f'"{found[2]}"'
