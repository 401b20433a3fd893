"""Can everybody use the console? axe judges every page by WCAG 2.2 A and AA; the lists and the case go by keyboard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests import market, nights
from tests.interfaces.console.conftest import PASSWORD, addresses

from arrears.interfaces.ui import permissions
from arrears.records.staff import operations as staff

DAY = date(2026, 11, 23)
WIDTHS = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = {"resultTypes": ["violations"], "runOnly": STANDARD}
#: Tables whose end, or whose buttons, can only be reached by scrolling sideways; a matrix may be as wide as it is.
CUT = """[...document.querySelectorAll(".table-responsive:not(:has(.heat))")]
    .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.getAttribute("aria-label"))"""
#: Of rows built alike (the same parts with the same classes, styles and attributes) two stay: axe finds the same in all
#: of them, and takes seconds for a page of fifty.
THINNED = """document.querySelectorAll("tr, li, article, details").forEach((row) => {
    const parts = [row, ...row.querySelectorAll("*")];
    const told = parts.map((part) => [part.tagName, part.className, part.style?.cssText, ...part.getAttributeNames()]);
    const seen = (row.parentElement.seen ??= {});
    seen[told.join()] = (seen[told.join()] ?? 0) + 1;
    if (seen[told.join()] > 2) row.remove();
})"""
#: Pages outside the table that everybody may meet.
OTHER = {"sign-in": "/sign-in/", "404": "/no/such/page/"}
#: Parts of a page that HTMX asks for, judged with the page they belong to.
FRAGMENTS = frozenset({"simulate-touch"})
#: More than any page needs to its first row; a trap of the focus would need more.
TABS_MAX = 60

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def axe():
    """Runs axe-core in a page and tells what it objects to, one line a finding."""
    axe_core = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def objections(page, name: str) -> list[str]:
        found = []
        for size in WIDTHS:
            page.set_viewport_size(size)
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append(f"{name} at {size['width']}: wider than the screen")
            if size == WIDTHS[0]:
                found += [f"{name}: the table '{head}' is wider than its card" for head in page.evaluate(CUT)]
        page.evaluate(THINNED)
        page.evaluate(axe_core.axe_script)
        for size in WIDTHS:
            page.set_viewport_size(size)
            found += [
                f"{name} at {size['width']}: {broken['id']}: {node['html'][:200]}"
                for broken in page.evaluate("(options) => axe.run(options)", RUN)["violations"]
                for node in broken["nodes"]
            ]
        return found

    return objections


@pytest.fixture
def town(settings, tmp_path, transactional_db):
    """A night over one early, one late and one very late customer, and a supervisor who watches."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2
    tape = market.Tape()
    for number, late_days in enumerate((7, 70, 400)):
        tape.customer(f"C{number}", mobile=f"1380000000{number}")
        tape.account(f"A{number}", f"C{number}", first_due=DAY - timedelta(days=late_days))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    staff.add(
        username="zhao",
        display_name="赵主管",
        role="SUPERVISOR",
        language="zh-hans",
        password=PASSWORD,
        joined_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_no_page_breaks_wcag(committed_books, surf, axe):
    pages = {name: (_reader(name), address) for name, address in addresses().items()}
    pages |= {name: ("", address) for name, address in OTHER.items()}
    found, seen = [], 0
    for name, (role, address) in sorted(pages.items()):
        page = surf(role)
        answer = page.request.get(address)
        if answer.status == 405 or not answer.headers["content-type"].startswith("text/html"):  # a deed, not a page
            continue
        if name in FRAGMENTS:
            continue
        page.goto(address)
        found += axe(page, name)
        seen += 1
    page = surf("AGENCY")
    page.goto("/cases/")
    found += axe(page, "cases of an agency")
    page = surf("AGENT")
    assert page.goto(addresses()["staff"]).status == 403
    assert found + axe(page, "forbidden") == []
    assert seen > 15


def test_pages_of_a_lived_night_break_nothing(town, surf, axe):
    page = surf("SUPERVISOR")
    page.goto("/")
    page.locator("[data-drawn] canvas").first.wait_for()
    found = axe(page, "overview")
    page.goto("/work/")
    found += axe(page, "queue")
    page.goto("/cases/")
    page.locator("[data-row-link]").first.wait_for()
    page.locator("[data-row-link]").first.click()
    page.locator("main details.do").first.wait_for()
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    assert found + axe(page, "case with everything open") == []


def test_a_chart_slow_to_follow_the_screen_widens_no_page(town, surf):
    page = surf("SUPERVISOR")
    page.add_init_script("window.ResizeObserver = class { observe() {} }")
    page.set_viewport_size(WIDTHS[0])
    page.goto("/")
    page.locator("[data-drawn] canvas").first.wait_for()
    page.set_viewport_size(WIDTHS[1])
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[1]["width"]


def test_the_keyboard_reaches_everything(town, surf):
    page = surf("SUPERVISOR")
    page.set_viewport_size(WIDTHS[0])
    page.goto("/cases/")
    page.keyboard.press("Tab")
    page.locator(".skip-link:focus").wait_for()
    assert page.locator(".skip-link").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.locator("main:focus").wait_for()
    _tab_to(page, "#sort-overdue")
    page.keyboard.press("Enter")
    page.locator("th[aria-sort] #sort-overdue:focus").wait_for()
    page.keyboard.press("j")
    page.locator("tbody tr:nth-child(1) [data-row-link]:focus").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.locator("tbody tr:nth-child(1) [data-row-link]:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("main details.do").first.wait_for()
    _tab_to(page, "#pay > summary")
    page.keyboard.press("Enter")
    _tab_to(page, "#p-amount")


def test_a_swapped_list_keeps_the_focus(committed_books, surf):
    page = surf("SUPERVISOR")
    page.set_viewport_size(WIDTHS[0])
    page.goto("/cases/")
    first = page.locator("[data-row-link]").first.get_attribute("href")
    page.locator("#case-table a[rel=next]").focus()
    page.keyboard.press("Enter")
    page.locator(f'[data-row-link][href="{first}"]').wait_for(state="detached")
    page.locator("#case-table [role=region]:focus").wait_for()
    page.keyboard.press("j")
    page.locator("tbody tr:nth-child(1) [data-row-link]:focus").wait_for()
    page.locator("#f-stage").focus()
    page.locator("#f-stage").select_option("LATE")
    page.wait_for_url("**stage=LATE**")
    page.locator("#f-stage:focus").wait_for()


def _reader(name: str) -> str:
    """A role that may open the address; the supervisor where possible, whose pages hold the most."""
    roles = permissions.ROLES.get(name, frozenset())
    return "SUPERVISOR" if "SUPERVISOR" in roles else min(roles, default="")


def _tab_to(page, selector: str) -> None:
    """Press Tab until the element has the focus; every stop on the way must show that it has it."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2"
            " || style.boxShadow !== 'none'; })()"
        ), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} was not reached in {TABS_MAX} steps")
