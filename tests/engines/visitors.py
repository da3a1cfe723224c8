"""A person at a Firefox or a WebKit, who finds buttons and fields by their labels as tests/browser/visitors.py does."""

import time
from contextlib import suppress

from tests.company import PIN
from tests.engines.browsers import BrowserFault

PATIENCE = 20.0  # seconds, on a busy machine
LOOK_EVERY = 0.1
ENTER, ESCAPE, CONTROL, TAB = "\ue007", "\ue00c", "\ue009", "\ue004"  # WebDriver's keys

VISIBLE = "const visible = e => e.getClientRects().length && getComputedStyle(e).visibility === 'visible';"
SCOPE = "const scope = document.querySelector('dialog[open]') ?? document;"
WORDS = "const words = e => (e.getAttribute('aria-label') ?? e.innerText).trim();"
# Each returns the element, or null. `place` is a selector within which it is looked for, or null.
BUTTON = (
    VISIBLE
    + SCOPE
    + WORDS
    + """
    const area = place ? document.querySelector(place) : scope;
    return [...area?.querySelectorAll('button, a, summary') ?? []].find(e => visible(e) && words(e) === name) ?? null;
"""
)
FIELD = (
    VISIBLE
    + SCOPE
    + """
    const labels = [...scope.querySelectorAll('label')].filter(e => e.innerText.trim() === name);
    const fields = [...labels.map(e => e.control), ...scope.querySelectorAll(`[aria-label="${name}"]`)];
    return fields.find(e => e && visible(e) && !e.disabled) ?? null;
"""
)
MIDDLE = """
    if (!found) return null;
    found.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = found.getBoundingClientRect();
    return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
"""
CHOOSE = """
    if (!found) return null;
    const option = [...found.options].find(e => e.text.trim() === words);
    if (!option) return null;
    found.value = option.value;
    found.dispatchEvent(new Event('input', {bubbles: true}));
    found.dispatchEvent(new Event('change', {bubbles: true}));
    return true;
"""


class Visitor:
    def __init__(self, page, site: str) -> None:
        self.page, self._site = page, site

    def sign_in(self, nik: str) -> "Visitor":
        """NIK, then PIN, then the list."""
        self.go("/login").fill(NIK=nik).press("Lanjut").fill(PIN=PIN).press("Masuk")
        self.until("() => !!document.querySelector('main h1') && location.pathname === '/problems'")
        return self

    def go(self, path: str) -> "Visitor":
        self.page.go(self._site + path)
        return self

    def until(self, function: str, *arguments):
        """Waits until this function returns something true, and returns that."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(BrowserFault):  # the page is about to be another one
                if value := self.page.run(function, *arguments):
                    return value
            time.sleep(LOOK_EVERY)
        raise AssertionError(f"Not within {PATIENCE:.0f} s: {function} {arguments}\n{self.text()}")

    def press(self, name: str, within: str | None = None) -> "Visitor":
        """Clicks the button or link with exactly this name; `within`: a selector."""
        find = f"(name, place) => {{ const find = () => {{ {BUTTON} }}; const found = find(); {MIDDLE} }}"
        self._click(*self.until(find, name, within))
        return self

    def fill(self, **fields: str) -> "Visitor":
        """Fields by label, of the dialog if one is open; a select takes the words of its option."""
        for label, words in fields.items():
            tag = self.until(f"name => {{ const find = () => {{ {FIELD} }}; return find()?.tagName }}", label)
            if tag == "SELECT":
                choose = f"(name, words) => {{ const find = () => {{ {FIELD} }}; const found = find(); {CHOOSE} }}"
                self.until(choose, label, words)
            else:
                middle = f"name => {{ const find = () => {{ {FIELD} }}; const found = find(); {MIDDLE} }}"
                self._click(*self.until(middle, label))
                self.page.run("() => document.activeElement.select?.()")
                self.type(words)
        return self

    def type(self, words: str) -> "Visitor":
        """Presses the keys of these characters one after the other."""
        keys = [{"type": kind, "value": key} for key in words for kind in ("keyDown", "keyUp")]
        self.page.perform({"type": "key", "id": "keyboard", "actions": keys})
        return self

    def hold(self, modifier: str, key: str) -> "Visitor":
        """Presses a key while another is held."""
        keys = [("keyDown", modifier), ("keyDown", key), ("keyUp", key), ("keyUp", modifier)]
        actions = [{"type": kind, "value": value} for kind, value in keys]
        self.page.perform({"type": "key", "id": "keyboard", "actions": actions})
        return self

    def tick(self, place: str) -> "Visitor":
        """Clicks the check box within this selector."""
        find = f"place => {{ const found = document.querySelector(`${{place}} [type=checkbox]`); {MIDDLE} }}"
        self._click(*self.until(find, place))
        return self

    def sees(self, words: str) -> "Visitor":
        self.until("words => document.body.innerText.includes(words)", words)
        return self

    def sees_alert(self, words: str) -> "Visitor":
        alerts = "words => [...document.querySelectorAll('[role=alert]')].some(e => e.innerText.trim() === words)"
        self.until(alerts, words)
        return self

    def sees_rows(self, *numbers: int) -> "Visitor":
        """Waits until the list has the rows of these problems, in this order."""
        rows = "[...document.querySelectorAll('tr[id^=p]')].map(e => e.id.slice(1)).join()"
        self.until(f"numbers => {rows} === numbers.join()", numbers)
        return self

    def text(self) -> str:
        return self.page.run("() => (document.querySelector('dialog[open]') ?? document.body).innerText")

    def value(self, label: str) -> str:
        return self.until(f"name => {{ const find = () => {{ {FIELD} }}; return [find()?.value] }}", label)[0]

    def sees_fields(self, *labels: str) -> "Visitor":
        """Waits until the visible labels of the action are these, in this order."""
        visible = "[...document.querySelectorAll('form.action label')].filter(visible).map(e => e.innerText.trim())"
        self.until(f"labels => {{ {VISIBLE} return {visible}.join() === labels.join() }}", labels)
        return self

    def _click(self, x: int, y: int) -> None:
        move = {"type": "pointerMove", "x": x, "y": y}
        actions = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.page.perform({"type": "pointer", "id": "mouse", "actions": actions})
