"""A person at a browser, who finds buttons and fields by their labels."""

from playwright.sync_api import Locator, Page, expect

from tests.company import PIN

# Waits until a closed dialog has left the history; another way to another page would break that off.
CLOSED = """() => new Promise((done) => {
    const look = (times) => times && history.state?.dialog && !document.querySelector("dialog[open]")
        ? setTimeout(look, 20, times - 1) : done();
    look(250);
})"""


class Visitor:
    def __init__(self, page: Page, name: str | None, scripts: bool) -> None:
        self.page, self.name, self.scripts, self.faults = page, name, scripts, []
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)

    def sign_in(self, nik: str, pin: str = PIN) -> "Visitor":
        """NIK, then PIN, then the list."""
        self.page.goto("/login")
        self.fill(NIK=nik).press("Lanjut").fill(PIN=pin).press("Masuk")
        expect(self.page.get_by_role("heading", name="Daftar Kendala")).to_be_visible()
        return self

    def go(self, path: str) -> "Visitor":
        if self.scripts:
            self.page.evaluate(CLOSED)
        self.page.goto(path)
        return self

    def press(self, name: str, within: Locator | None = None) -> "Visitor":
        (within or self.page).get_by_role("button", name=name, exact=True).click()
        return self

    def escape(self) -> "Visitor":
        self.page.keyboard.press("Escape")
        self.page.evaluate(CLOSED)
        return self

    def fill(self, **fields: str) -> "Visitor":
        """Fields by label, of the dialog if one is open; a select takes the words of its option."""
        for label, words in fields.items():
            field = self.page.locator("dialog[open], body:not(:has(dialog[open]))").get_by_label(label, exact=True)
            expect(field).to_have_count(1)
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=words)
            else:
                field.fill(words)
        return self

    def choose_kind(self, kind: str) -> "Visitor":
        """Jenis penyelesaian; the fields follow at once, or after its button where there are no scripts."""
        self.fill(**{"Jenis penyelesaian": kind})
        return self if self.scripts else self.press("Pilih jenis ini")

    def unfold(self) -> "Visitor":
        """Opens the filters that fold away: all of them on phones, most of them elsewhere."""
        for name in ("details.fold", "details.more-filters"):
            summary = self.page.locator(f"{name}:not([open]) > summary")
            if summary.is_visible():
                summary.click()
        return self

    def prefer(self, name: str) -> "Visitor":
        """Presses a button of language or theme, which are in the account menu once somebody has signed in."""
        menu = self.page.locator("details.account:not([open]) > summary")
        if menu.count():
            menu.click()
        return self.press(name, within=self.page.locator("header"))

    def row(self, number: int) -> Locator:
        return self.page.locator(f"tr#p{number}")

    def sees(self, words: str) -> "Visitor":
        expect(self.page.get_by_text(words).first).to_be_visible()
        return self

    def sees_alert(self, words: str) -> "Visitor":
        expect(self.page.get_by_role("alert")).to_have_text(words)
        return self

    def visible_labels(self) -> list[str]:
        """The labels of the fields of an action that one can see, in their order."""
        fields = self.page.locator("form.action label:visible")
        return [label.strip() for label in fields.all_inner_texts()]

    def _hear(self, message) -> None:
        # An answer like 422 is how a form is refused, and the browser calls each of them an error.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)
