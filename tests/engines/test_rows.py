"""The rows of the list in Firefox and WebKit: the link over each row, ten above the fold, filters folded on a phone."""

UNDER = """() => [...document.querySelectorAll("tr[id^=p]")].map(row => [row.id, [...row.querySelectorAll("td")]
    .filter(cell => !cell.matches(".tick, .buttons")).map(cell => {
        const box = cell.getBoundingClientRect();
        const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return found.closest("a")?.pathname;
    })])"""
ABOVE_THE_FOLD = """() => [...document.querySelectorAll("tr[id^=p]")]
    .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""
FIRST = "() => document.querySelector('tr[id^=p]').getBoundingClientRect().top"


def test_the_link_of_a_row_covers_the_row_and_no_other(visitor, problem):
    for state in ("new", "in_progress", "escalated", "closed"):
        problem(state)
    places = dict(visitor("hadi").go("/problems?all=1").page.run(UNDER))
    assert len(places) == 4
    for row, found in places.items():
        assert set(found) == {f"/problems/{row[1:]}"}, row


def test_ten_rows_are_above_the_fold(visitor, problem):
    for _ in range(14):
        problem("in_progress")
    assert visitor("hadi").go("/problems").page.run(ABOVE_THE_FOLD) >= 10


def test_on_a_phone_the_first_problem_starts_above_240_px(visitor, problem):
    problem()
    hadi = visitor("hadi", width=360, height=740).go("/problems")
    assert hadi.page.run(FIRST) < 240
