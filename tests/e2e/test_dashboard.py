"""The dashboard in a real browser, on a served generation: true figures, and a page that holds."""

from __future__ import annotations

import csv
import io
import itertools
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.dashboard_browser import (
    FLAGS,
    PATIENCE,
    SCREENS,
    Served,
    Visit,
    addressed,
    go,
    serving,
    settled,
    visit,
)
from tests.e2e.dashboard_company import MARKUP
from tests.e2e.dashboard_lists import HOSTILE
from tests.e2e.dashboard_publishing import publish_company
from warehouse.settings import load_settings

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"

MINUS = "\N{MINUS SIGN}"
BROKEN = {"code": "query_timeout", "detail": "the query took more than 10 s", "request_id": "r1"}
NOT_HERE = {"code": "forbidden", "detail": "the scope customers is needed"}
ROW_TEXTS = "rows => rows.map(r => [r.cells[0].innerText, r.cells[r.cells.length - 1].innerText])"
TOGGLES = "[title='Show as a table']:visible"
SEEN = re.compile(r"^Seen \d")
COST_TEXTS = "rows => rows.map(r => [r.cells[0].innerText, r.cells[4].innerText])"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve two years of a made-up company that end yesterday."""
    settings = load_settings(tillhouse_home=tmp_path_factory.mktemp("dashboard"))
    newest = (settings.now() - timedelta(days=1)).date()
    with serving(settings, publish_company(settings, newest), newest) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    expect.set_options(timeout=PATIENCE)
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def look(served: Served, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open pages that are closed when the test is over, so that none goes on working."""
    contexts = []

    def look(query: str = "", **context: Any) -> Visit:
        seen = visit(served, browser, query, **context)
        contexts.append(seen.page.context)
        return seen

    yield look
    for context in contexts:
        context.close()


def built(served: Served, query: str, *parameters: Any) -> tuple[Any, ...]:
    """Return the one row that a query gives in what was published."""
    path = served.settings.warehouse_location.removeprefix("duckdb:///")
    with duckdb.connect(path, read_only=True) as connection:
        [row] = connection.execute(query, list(parameters)).fetchall()
    return row


def written(amount: Decimal) -> str:
    """Return an amount of dollars to the cent, as the page writes it."""
    cents = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return f"{MINUS if cents < 0 else ''}${abs(cents):,.2f}"


def read(text: str | None) -> Decimal:
    """Return the number that a text of the page says."""
    assert text is not None
    return Decimal(re.sub(r"[$,+]", "", text).replace(MINUS, "-"))


def panel(page: Page, name: str) -> Any:
    """Return a panel by its name in the address."""
    return page.locator(f"[data-panel={name}]")


def shown_table(page: Page, name: str) -> Any:
    """Turn a panel's chart into its table."""
    panel(page, name).get_by_title("Show as a table").click()
    return panel(page, name).locator("tbody tr")


# True figures.


def test_cards_are_the_figures_of_the_published_tables(look, served):
    page = look().page
    newest = served.newest
    first = newest - timedelta(days=29)
    sums = built(
        served,
        "select sum(net_volume_usd), sum(provider_cost_usd), sum(churn_mrr_usd), "
        "sum(gross_margin_usd) from build.agg_kpis_daily where date between ? and ?",
        first,
        newest,
    )
    states = "select mrr_usd, paying_customers from build.agg_kpis_daily where date = ?"
    mrr, customers = built(served, states, newest)
    [opening, _] = built(served, states, first - timedelta(days=1))
    expected = dict(zip(("net-volume", "cost", "churn", "margin"), sums, strict=True))
    expected |= {"mrr": mrr, "customers": customers, "net-new": mrr - opening}
    for card, amount in expected.items():
        assert read(page.get_attribute(f"[data-kpi={card}] .value", "title")) == amount, card
    shown = read(page.get_attribute("[data-kpi=arpa] .value", "title"))
    assert abs(shown - mrr / customers) <= Decimal("0.000001")


def test_changes_are_against_the_range_before(look, served):
    page = look("?screen=usage&range=7d").page
    sums = "select sum(videos_completed) from build.agg_kpis_daily where date between ? and ?"
    first = served.newest - timedelta(days=6)
    [now] = built(served, sums, first, served.newest)
    [before] = built(served, sums, first - timedelta(days=7), first - timedelta(days=1))
    change = page.inner_text("[data-kpi=videos] .delta")
    assert f"{abs(now - before) / before * 100:.1f}%" in change.replace("100%", "100.0%")
    assert (now > before) == ("↑" in change)
    page.get_by_label("Compare with").select_option("none")
    settled(page)
    expect(page.locator("[data-kpi=videos] .delta")).to_have_count(0)


def test_the_waterfall_leads_from_opening_to_closing(look, served):
    page = look().page
    rows = dict(shown_table(page, "movements").evaluate_all(ROW_TEXTS))
    rows |= dict(panel(page, "movements").locator("tfoot tr").evaluate_all(ROW_TEXTS))
    month = served.newest.replace(day=1)
    names = ("opening", "new", "expansion", "contraction", "churn", "closing")
    columns = ", ".join(f"{name}_usd" for name in names)
    amounts = built(served, f"select {columns} from build.agg_mrr_monthly where month = ?", month)
    lost = ("contraction", "churn")
    for name, amount in zip(names, amounts, strict=True):
        assert rows[name.capitalize()] == written(-amount if name in lost else amount), name
    page.get_by_label("Month before").click()
    expect(panel(page, "movements").locator("header p")).to_have_text("From opening to closing")
    addressed(page, "month=")


def test_the_roll_forward_adds_up_on_the_screen(look):
    page = look("?screen=revenue&range=12m").page
    texts = "rows => rows.map(r => [...r.cells].slice(1, 11).map(c => c.title))"
    rows = panel(page, "roll").locator("tbody tr").evaluate_all(texts)
    assert len(rows) == 12
    for row in rows:
        opening, new, more, back, resumed, less, churn, paused, fx, closing = map(read, row)
        assert closing == opening + new + more + back + resumed - less - churn - paused + fx
    for newer, older in itertools.pairwise(rows):
        assert newer[0] == older[-1]


def test_the_provider_table_adds_up(look, served):
    page = look("?screen=costs&range=90d").page
    rows = dict(panel(page, "providers").locator("tr").evaluate_all(COST_TEXTS))
    first = served.newest - timedelta(days=89)
    for provider in ("KLING_V1", "LUMA_V2"):
        [cost] = built(
            served,
            "select sum(cost_usd) from build.agg_provider_daily "
            "where provider = ? and date between ? and ?",
            provider,
            first,
            served.newest,
        )
        assert rows[provider] == written(cost)
    total = sum(read(cost) for provider, cost in rows.items() if "_" in provider)
    assert abs(read(rows["All providers"]) - total) <= Decimal("0.02")


def test_what_belongs_to_nobody_is_shown_and_the_parts_make_the_whole(look):
    page = look("?screen=costs&range=12m").page
    costs = "rows => rows.map(r => [r.cells[0].innerText, r.cells[3].innerText])"
    for name in ("by-plan", "by-country", "by-provider"):
        rows = dict(panel(page, name).locator("tbody tr").evaluate_all(costs))
        [whole] = panel(page, name).locator("tfoot tr").evaluate_all(costs)
        assert "Nobody" in rows
        assert abs(sum(map(read, rows.values())) - read(whole[1])) <= Decimal("0.03")


def test_cohorts_say_what_is_left_of_each_month(look, served):
    page = look("?screen=churn").page
    rows = shown_table(page, "cohorts")
    texts = rows.evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.innerText))")
    sql = (
        "select customers_active, customers_start from build.agg_cohort_retention_monthly "
        "where age_months = 3 order by cohort_month desc limit 1 offset 5"
    )
    active, start = built(served, sql)
    assert texts[-9][4] == f"{int(active / start * 100 + 0.5)}%"
    page.get_by_role("button", name="MRR", exact=True).click()
    settled(page)
    addressed(page, "cohorts=mrr")
    expect(panel(page, "cohorts").locator("tbody tr").first).to_contain_text("$")


def test_another_definition_is_reached_from_ours(look):
    page = look("?screen=revenue").page
    steps = dict(shown_table(page, "definitions").evaluate_all(ROW_TEXTS))
    assert steps["Coupons"] == "$41.50"
    page.get_by_label("Definition of").select_option("profitwell")
    settled(page)
    steps = dict(panel(page, "definitions").locator("tbody tr").evaluate_all(ROW_TEXTS))
    assert steps["Coupons"] == f"{MINUS}$18.25"


# Ways: the address, the keyboard, what is behind a figure.


def test_the_address_holds_what_is_shown(look, served):
    page = look().page
    page.get_by_role("button", name="90D", exact=True).click()
    settled(page)
    page.get_by_label("Length of a period").select_option("month")
    page.get_by_label("Compare with").select_option("year")
    settled(page)
    shown_table(page, "revenue")
    expect(page).to_have_url(f"{served.url}/?range=90d&grain=month&compare=year&tables=revenue")
    page.reload()
    settled(page)
    assert page.get_by_label("Compare with").input_value() == "year"
    pressed = page.get_by_role("button", name="90D", exact=True).get_attribute("aria-pressed")
    assert pressed == "true"
    expect(panel(page, "revenue").locator("table")).to_be_visible()


def test_back_and_forward_walk_through_what_was_looked_at(look, served):
    page = look().page
    go(page, "churn")
    page.get_by_role("button", name="12M", exact=True).click()
    settled(page)
    page.go_back()
    settled(page)
    expect(page).to_have_url(f"{served.url}/?screen=churn")
    page.go_back()
    settled(page)
    expect(page.locator("h1")).to_have_text("Overview")
    page.go_forward()
    page.go_forward()
    settled(page)
    expect(page.locator("h1")).to_have_text("Churn & retention")
    expect(page).to_have_url(f"{served.url}/?screen=churn&range=12m")


def test_every_screen_is_reached_by_its_key(look, served):
    page = look().page
    for key, screen in zip("rcumkho", (*SCREENS[1:], "overview"), strict=True):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.locator(f".grid[data-screen={screen}]")).to_be_visible()
    settled(page)
    page.keyboard.press("[")
    settled(page)
    newest = served.newest
    first, last = newest - timedelta(days=59), newest - timedelta(days=30)
    addressed(page, f"from={first}&to={last}")
    page.keyboard.press("]")
    settled(page)
    addressed(page, f"to={newest}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Search customers")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_alone_read_a_chart_and_open_what_is_behind_it(look, served):
    page = look().page
    chart = panel(page, "revenue").locator(".chart")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    spoken = page.inner_text("#live")
    assert "net after fees $" in spoken or f"net after fees {MINUS}$" in spoken
    expect(page.locator("#tooltip")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#live") != spoken
    page.keyboard.press("Escape")
    expect(page.locator("#tooltip")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Net volume, as it is defined.")
    day = served.newest - timedelta(days=29)
    addressed(page, f"metric=net_volume_usd&period={day}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("metric="))


def test_the_line_and_the_cohorts_are_read_by_keys_too(look, served):
    page = look().page
    panel(page, "mrr").locator(".chart").focus()
    page.keyboard.press("ArrowLeft")
    [mrr] = built(served, "select mrr_usd from build.agg_kpis_daily where date = ?", served.newest)
    assert f"MRR {written(mrr)}" in page.inner_text("#live")
    go(page, "churn")
    panel(page, "cohorts").locator(".chart").focus()
    page.keyboard.press("ArrowRight")
    first = page.inner_text("#live")
    page.keyboard.press("ArrowDown")
    assert "after 0 months" in first
    assert "after 0 months" in page.inner_text("#live") != first


def test_a_figure_leads_to_the_customers_behind_it(look, served):
    sql = (
        "select period, count(*), sum(amount) from build.drill_metric_objects "
        "group by 1 order by 2 desc, 1 limit 1"
    )
    month, count, total = built(served, sql)
    page = look(f"?month={month:%Y-%m}&range=24m").page
    bars = panel(page, "movements").locator(".chart")
    bars.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".figure")).to_have_text(written(total))
    rows = drawer.locator("tbody tr")
    expect(rows).to_have_count(count)
    link = drawer.get_by_role("link").first
    assert re.match(
        r"https://dashboard\.stripe\.com/(test/)?customers/cus_", link.get_attribute("href")
    )
    drawer.locator("button.link").first.click()
    settled(page)
    expect(page.locator("h1")).to_have_text("Customer")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_names_tell_what_they_mean(look):
    page = look().page
    page.locator("[data-kpi=net-volume] .named").focus()
    expect(page.locator("#tooltip")).to_contain_text("Net volume, as it is defined.")
    page.keyboard.press("Escape")
    expect(page.locator("#tooltip")).to_be_hidden()


def test_a_week_opens_its_days(look, served):
    page = look("?range=90d").page
    panel(page, "revenue").locator(".chart").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    settled(page)
    start = served.newest - timedelta(days=89)
    monday = start + timedelta(days=7 - start.weekday())
    addressed(page, f"from={monday}&to={monday + timedelta(days=6)}&grain=day")


# Customers.


def test_customers_are_searched_sorted_and_looked_at(look, served):
    sql = (
        "select v.customer_key, count(*), (select coalesce(sum(mrr_usd), 0) "
        "from build.fct_mrr_intervals as i "
        "where i.customer_key = v.customer_key and valid_to is null) "
        "from build.fct_videos as v group by 1"
    )
    key, videos, mrr = built(served, sql)
    page = look().page
    page.keyboard.press("/")
    field = page.get_by_label("Search customers")
    expect(field).to_be_focused()
    settled(page)
    names = panel(page, "customers").locator("tbody button.link")
    page.get_by_role("button", name="Since").click()
    settled(page)
    addressed(page, "sort=-created_at")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Since")
    field.fill("cus_u_7")
    page.wait_for_url("**q=cus_u_7**")
    settled(page)
    expect(names.first).to_have_attribute("title", re.compile("^u_7"))
    expect(field).to_be_focused()
    field.fill("nobody at all")
    expect(panel(page, "customers")).to_contain_text("No customer is like that")
    field.fill(f"cus_{key}")
    expect(names).to_have_count(1)
    names.click()
    settled(page)
    assert read(page.get_attribute("[data-kpi=mrr] .value", "title")) == mrr
    rows = panel(page, "videos").locator("tbody tr")
    expect(rows).to_have_count(25)
    panel(page, "videos").get_by_role("button", name="Show more than 25").click()
    expect(rows).to_have_count(min(50, videos))
    page.get_by_role("button", name="All customers").click()
    settled(page)
    expect(names.first).to_be_visible()


def test_hostile_names_are_only_names(look):
    seen = look("?screen=customers&q=onerror")
    page = seen.page
    name = panel(page, "customers").locator("tbody button.link")
    expect(name).to_have_attribute("title", HOSTILE)
    name.click()
    settled(page)
    expect(page.locator(".heading p")).to_have_text(HOSTILE)
    for screen in SCREENS:
        go(page, screen)
        for button in page.locator(TOGGLES).all():
            button.click()
    go(page, "revenue")
    expect(panel(page, "plans").locator("thead")).to_contain_text(MARKUP)
    go(page, "churn")
    expect(panel(page, "events").locator("tbody tr").first).to_contain_text(HOSTILE)
    page.get_by_label("Notifications").click()
    expect(page.get_by_role("dialog")).to_contain_text(HOSTILE)
    assert page.evaluate("window.hacked") is None
    assert seen.violations() == []
    assert seen.complaints == []


# Looks: every screen, every width, for everybody.


# What a screen says is the same in the dark, what it looks like is the same on a phone.
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
COLOURS = {"runOnly": ["color-contrast"]}


@pytest.mark.parametrize(
    ("scheme", "width", "rules"),
    [
        pytest.param("light", 1440, {}, id="light"),
        pytest.param("dark", 1440, COLOURS, id="dark", marks=pytest.mark.thorough),
        pytest.param("light", 390, ALL_BUT_COLOURS, id="phone"),
    ],
)
def test_every_screen_is_for_everybody(look, scheme, width, rules):
    seen = look(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        # axe is injected; the page itself is held to its policy by the other tests.
        bypass_csp=True,
    )
    page = seen.page
    axe = Axe()
    rows_look_alike = {"exclude": [["tbody tr:nth-child(n+4)"]]}
    for screen in (*SCREENS, "customer", "drawer", "notices"):
        if screen == "customer":
            go(page, "customers")
            panel(page, "customers").locator("button.link").first.click()
            expect(page.locator("h1")).to_have_text("Customer")
            settled(page)
        elif screen == "drawer":
            go(page, "overview")
            page.locator("[data-kpi=net-volume] .named").click()
            expect(page.get_by_role("dialog").locator("pre")).to_be_visible()
        elif screen == "notices":
            page.keyboard.press("Escape")
            page.get_by_label("Notifications").click()
            expect(page.get_by_role("dialog").locator(".notice").first).to_be_visible()
        else:
            go(page, screen)
        found = axe.run(page, rows_look_alike, {"resultTypes": ["violations"], **rules}).response[
            "violations"
        ]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], screen
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
        expect(page.locator(".grid [role=alert]")).to_have_count(0)
    assert seen.complaints == []


def test_nothing_is_complained_of_and_nothing_leaves_the_machine(look):
    seen = look("?range=24m")
    page = seen.page
    for label in ("90D", "12M", "7D"):
        page.get_by_role("button", name=label, exact=True).click()
        settled(page)
    page.get_by_label("Light or dark").click()
    for button in page.locator(TOGGLES).all():
        button.click()
    page.mouse.move(400, 500)
    assert seen.complaints == []
    assert seen.violations() == []


def test_the_system_chooses_the_theme_until_somebody_does(look):
    page = look(color_scheme="dark").page
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(12, 12, 15)"
    page.get_by_label("Light or dark").click()
    assert page.evaluate(colour) == "rgb(247, 247, 249)"
    page.reload()
    settled(page)
    assert page.evaluate(colour) == "rgb(247, 247, 249)"


def test_a_running_period_is_dashed(look, served):
    page = look("?range=12m").page
    is_running = (served.newest + timedelta(days=1)).day != 1
    assert (page.locator(".chart rect.partial").count() > 0) == is_running


def test_the_badge_says_how_late_the_data_is_and_figures_look_it(look, served):
    page = look().page
    badge = page.locator(".badge")
    expect(badge).to_have_attribute("data-status", "fresh")
    badge.hover()
    expect(page.locator("#tooltip")).to_contain_text(served.generation.id)
    expect(page.locator("#tooltip")).to_contain_text("412")
    border = "getComputedStyle(document.querySelector('.kpi')).borderTopStyle"
    assert page.evaluate(border) == "solid"

    def later(route):
        answer = route.fetch()
        body = answer.json()
        body["meta"]["checked_at"] = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        route.fulfill(response=answer, json=body)

    page.route("**/v1/freshness", later)
    page.reload()
    settled(page)
    expect(badge).to_have_attribute("data-status", "stale")
    expect(badge).to_contain_text("Stale · 2 days old")
    assert page.evaluate(border) == "dashed"


def test_on_paper_there_are_figures_and_no_buttons(look):
    page = look().page
    page.emulate_media(media="print")
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.locator(".nav")).to_be_hidden()
    expect(page.locator("[data-kpi=mrr] .value")).to_be_visible()
    expect(panel(page, "revenue").locator(".chart svg")).to_be_visible()


# Troubles.


@pytest.mark.parametrize("blocked", ["**/vendor/uPlot*.js", "**/static/charts/*.js"])
def test_without_charts_there_are_tables(served, browser, blocked):
    context = browser.new_context()
    page = context.new_page()
    page.route(blocked, lambda route: route.abort())
    page.goto(f"{served.url}/#token={served.token()}")
    settled(page)
    for screen in SCREENS[:5]:
        go(page, screen)
        expect(page.locator(".chart")).to_have_count(0)
        tables = page.locator(".grid > .panel table").count()
        assert tables == page.locator(".grid > .panel").count()
        expect(page.locator(".kpi .value").first).to_be_visible()


def test_a_dead_api_is_said_and_the_last_figures_stay(look):
    page = look().page
    before = page.inner_text("[data-kpi=mrr] .value")
    page.route("**/v1/**", lambda route: route.abort())
    page.get_by_role("button", name="90D", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    assert page.inner_text("[data-kpi=mrr] .value") == before
    for screen in SCREENS[1:]:
        page.locator(f".nav [data-screen={screen}]").click()
        expect(page.locator(f".grid[data-screen={screen}]")).to_be_visible()
        expect(page.locator(".banner")).to_contain_text("does not answer")
        panels = page.locator(".grid > *")
        expect(page.locator(".grid [role=alert]")).to_have_count(panels.count())
    page.unroute("**/v1/**")
    page.locator(".banner").get_by_role("button", name="Try again").click()
    settled(page)
    expect(page.locator(".banner")).to_be_hidden()


def test_a_panel_that_fails_leaves_the_others_standing(look):
    page = look().page
    page.route("**/v1/revenue/mrr**", lambda route: route.fulfill(status=503, json=BROKEN))
    page.reload()
    settled(page)
    alert = panel(page, "movements").get_by_role("alert")
    expect(alert).to_contain_text("The query took more than 10 s.")
    expect(alert).to_contain_text("r1")
    expect(panel(page, "revenue").locator(".chart svg")).to_be_visible()
    page.unroute("**/v1/revenue/mrr**")
    alert.get_by_role("button", name="Try again").click()
    expect(panel(page, "movements").locator(".chart svg")).to_be_visible()


def test_what_a_token_may_not_see_is_said(look):
    page = look().page
    page.route("**/v1/customers**", lambda route: route.fulfill(status=403, json=NOT_HERE))
    page.locator(".nav [data-screen=customers]").click()
    expect(panel(page, "customers")).to_contain_text("Not for this token")
    expect(panel(page, "customers")).to_contain_text("The scope customers is needed.")


def test_before_anything_is_published_the_page_says_what_to_do(look):
    page = look().page
    nothing = {"code": "no_generation", "detail": "nothing is published yet"}
    page.route("**/v1/kpis", lambda route: route.fulfill(status=503, json=nothing))
    page.reload()
    expect(page.locator(".banner")).to_contain_text("tillhouse refresh")


def test_an_address_that_makes_no_sense_shows_something_that_does(look):
    page = look("?screen=no&range=x&from=2026-13-99&sort=;&grain=hour").page
    expect(page.locator("h1")).to_have_text("Overview")
    expect(page.locator(".kpi .value").first).to_be_visible()


# Files.


def test_a_panel_is_saved_as_csv_of_its_generation(look, served):
    page = look("?range=7d").page
    with page.expect_download() as waiting:
        panel(page, "revenue").get_by_title("Save as CSV").click()
    download = waiting.value
    assert served.generation.id in download.suggested_filename
    rows = list(csv.DictReader(Path(download.path()).read_text().splitlines()))
    assert len(rows) == 7
    sums = "select sum(gross_volume_usd) from build.agg_kpis_daily where date >= ?"
    [gross] = built(served, sums, served.newest - timedelta(days=6))
    assert sum(Decimal(row["gross_volume_usd"]) for row in rows) == gross


def test_a_period_is_saved_whole(look):
    page = look("?range=7d").page
    page.get_by_label("Save the period").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV files").click()
    content = Path(waiting.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "MANIFEST.json" in archive.namelist()
        assert any("agg_kpis_daily" in name for name in archive.namelist())


# Sessions.


def test_signing_in_and_out(served, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.url)
    field = page.get_by_label("Access token")
    for token, problem in (("a.b.c", "not valid"), (served.token("USER"), "ADMIN")):
        field.fill(token)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(problem)
    field.fill(served.token())
    page.get_by_role("button", name="Sign in").click()
    settled(page)
    [cookie] = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""
    page.get_by_label("Sign out").click()
    expect(field).to_be_visible()
    assert context.cookies() == []


def test_a_token_in_a_link_signs_in_and_is_gone_from_the_address(look, served):
    page = look("?range=7d").page
    expect(page).to_have_url(f"{served.url}/?range=7d")


def test_a_session_that_is_over_leads_back_to_the_form(look):
    page = look().page
    page.context.clear_cookies()
    page.get_by_role("button", name="90D", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Your session is over")


# News: these change what is served, so they come last.


def test_an_alert_is_seen_to_and_notices_are_read(look):
    page = look("?screen=health").page
    expect(page.get_by_label("Notifications, 2 unread")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("dialog")).to_contain_text("All read")
    page.keyboard.press("Escape")
    page.reload()
    settled(page)
    expect(page.get_by_label("Notifications", exact=True)).to_be_visible()
    rows = panel(page, "alerts").locator("tbody tr")
    rows.first.get_by_role("button", name="I have seen it").click()
    expect(panel(page, "alerts").get_by_text(SEEN)).to_have_count(1)
    page.reload()
    settled(page)
    expect(panel(page, "alerts").get_by_text(SEEN)).to_have_count(1)


def test_new_data_is_told_not_thrown_and_an_older_generation_served_again(look, served):
    page = look("?screen=health").page
    older = served.generation.id
    newer = publish_company(served.settings, served.newest).id
    toast = page.locator(".toast")
    expect(toast).to_contain_text("press R", timeout=15_000)
    assert page.locator(".generation").inner_text() == older
    page.keyboard.press("r")
    expect(page.locator(".generation")).to_have_text(newer)
    settled(page)
    row = panel(page, "generations").locator("tbody tr", has_text=older)
    row.get_by_role("button", name="Serve it").click()
    page.get_by_role("dialog").get_by_role("button", name="Serve it").click()
    expect(page.locator(".generation")).to_have_text(older, timeout=15_000)
