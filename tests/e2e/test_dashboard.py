"""The dashboard in a real browser, on a served generation: true figures, and a page that holds."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import duckdb
import jwt
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from reader.app import create_app
from tests.e2e.dashboard_company import publish_company
from warehouse.generations import Generation
from warehouse.settings import Settings, load_settings

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""

MINUS = "\N{MINUS SIGN}"
BROKEN = {"code": "query_timeout", "detail": "the query took more than 10 s"}
ROW_TEXTS = "rows => rows.map(r => [r.cells[0].innerText, r.cells[r.cells.length - 1].innerText])"
COST_TEXTS = "rows => rows.map(r => [r.cells[0].innerText, r.cells[3].innerText])"


@dataclass
class Served:
    """A reader on a port of this machine, and what it serves."""

    url: str
    settings: Settings
    generation: Generation
    newest: date

    def token(self, role: str = "ADMIN") -> str:
        end = datetime.now(UTC) + timedelta(hours=1)
        claims = {"sub": "browser", "role": role, "exp": int(end.timestamp())}
        return jwt.encode(claims, self.settings.reader_jwt_secret_value(), "HS256")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve two years of a made-up company that end yesterday."""
    settings = load_settings(tillhouse_home=tmp_path_factory.mktemp("dashboard"))
    newest = (settings.now() - timedelta(days=1)).date()
    generation = publish_company(settings, newest)
    config = uvicorn.Config(
        create_app(settings), port=0, log_level="warning", server_header=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", settings, generation, newest)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@dataclass
class Visit:
    """A page and everything it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found


def visit(served: Served, browser: Browser, query: str = "", **context: Any) -> Visit:
    """Open the dashboard signed in, with its figures shown."""
    made: BrowserContext = browser.new_context(**context)
    made.add_init_script(VIOLATIONS)
    seen = Visit(made.new_page())
    page = seen.page
    page.on("console", lambda m: m.type == "error" and seen.complaints.append(m.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on(
        "request",
        lambda r: (
            r.url.startswith((served.url, "data:")) or seen.complaints.append(f"left: {r.url}")
        ),
    )
    page.goto(f"{served.url}/{query}#token={served.token()}")
    settled(page)
    return seen


def settled(page: Page) -> None:
    page.wait_for_selector(".kpi .value")
    expect(page.locator(".skeleton, .is-loading")).to_have_count(0)


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


def test_cards_are_the_figures_of_the_published_tables(served, browser):
    page = visit(served, browser).page
    newest = served.newest
    first = newest - timedelta(days=29)
    sums = built(
        served,
        "select sum(net_volume_usd), sum(provider_cost_usd), sum(churn_mrr_usd), "
        "sum(videos_completed) from build.agg_kpis_daily where date between ? and ?",
        first,
        newest,
    )
    states = "select mrr_usd, paying_customers from build.agg_kpis_daily where date = ?"
    mrr, customers = built(served, states, newest)
    [opening, _] = built(served, states, first - timedelta(days=1))
    expected = dict(zip(("net-volume", "cost", "churn", "videos"), sums, strict=True))
    expected |= {"mrr": mrr, "customers": customers, "net-new": mrr - opening}
    for card, amount in expected.items():
        assert read(page.get_attribute(f"[data-kpi={card}] .value", "title")) == amount, card
    shown = read(page.get_attribute("[data-kpi=arpa] .value", "title"))
    assert abs(shown - mrr / customers) <= Decimal("0.000001")


def test_changes_are_against_the_range_before(served, browser):
    page = visit(served, browser, "?range=7d").page
    sums = "select sum(videos_completed) from build.agg_kpis_daily where date between ? and ?"
    first = served.newest - timedelta(days=6)
    [now] = built(served, sums, first, served.newest)
    [before] = built(served, sums, first - timedelta(days=7), first - timedelta(days=1))
    change = page.inner_text("[data-kpi=videos] .delta")
    assert f"{abs(now - before) / before * 100:.1f}%" in change.replace("100%", "100.0%")
    assert (now > before) == ("↑" in change)


def test_the_waterfall_leads_from_opening_to_closing(served, browser):
    page = visit(served, browser).page
    page.get_by_label("MRR movements: show as a table").click()
    panel = page.get_by_label("MRR movements", exact=True)
    rows = dict(panel.locator("tr").evaluate_all(ROW_TEXTS))
    month = served.newest.replace(day=1)
    names = ("opening", "new", "expansion", "contraction", "churn", "closing")
    columns = ", ".join(f"{name}_usd" for name in names)
    amounts = built(served, f"select {columns} from build.agg_mrr_monthly where month = ?", month)
    lost = ("contraction", "churn")
    for name, amount in zip(names, amounts, strict=True):
        assert rows[name.capitalize()] == written(-amount if name in lost else amount), name
    page.get_by_label("Month before").click()
    expect(panel.locator("header p")).to_have_text("From opening to closing")
    assert "month=" in page.url


def test_the_provider_table_adds_up(served, browser):
    page = visit(served, browser, "?range=90d").page
    rows = dict(page.get_by_label("Cost by provider").locator("tr").evaluate_all(COST_TEXTS))
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


def test_nothing_is_complained_of_and_nothing_leaves_the_machine(served, browser):
    seen = visit(served, browser, "?range=24m")
    page = seen.page
    for label in ("90D", "12M", "7D"):
        page.get_by_role("button", name=label, exact=True).click()
        settled(page)
    page.get_by_label("Light or dark").click()
    for button in page.get_by_title("Show as a table").all():
        button.click()
    page.mouse.move(400, 500)
    assert seen.complaints == []
    assert seen.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything_without_scrolling_sideways(served, browser, scheme):
    page = visit(
        served,
        browser,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,
        device_scale_factor=2,
        has_touch=True,
    ).page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".kpi").count() == 8
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (light == "rgb(247, 247, 249)") == (scheme == "light")


def test_the_address_holds_what_is_shown(served, browser):
    page = visit(served, browser).page
    page.get_by_role("button", name="90D", exact=True).click()
    settled(page)
    page.get_by_label("Length of a period").select_option("month")
    page.get_by_label("Compare with").select_option("year")
    settled(page)
    assert page.url.endswith("/?range=90d&grain=month&compare=year")
    page.reload()
    settled(page)
    assert page.get_by_label("Compare with").input_value() == "year"
    pressed = page.get_by_role("button", name="90D", exact=True).get_attribute("aria-pressed")
    assert pressed == "true"


def test_keys_alone_read_a_chart(served, browser):
    page = visit(served, browser).page
    chart = page.get_by_label("Revenue", exact=True).locator(".chart")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    spoken = page.inner_text("#live")
    assert "net $" in spoken or f"net {MINUS}$" in spoken
    expect(page.locator("#tooltip")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#live") != spoken
    page.keyboard.press("Escape")
    expect(page.locator("#tooltip")).to_be_hidden()


def test_a_running_period_is_dashed(served, browser):
    page = visit(served, browser, "?range=12m").page
    is_running = (served.newest + timedelta(days=1)).day != 1
    assert (page.locator(".chart rect.partial").count() > 0) == is_running


def test_the_badge_says_how_late_the_data_is(served, browser):
    page = visit(served, browser).page
    badge = page.locator(".badge")
    expect(badge).to_have_attribute("data-status", "fresh")
    badge.hover()
    expect(page.locator("#tooltip")).to_contain_text(served.generation.id)
    expect(page.locator("#tooltip")).to_contain_text("412")

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


def test_a_dead_api_is_said_and_the_last_figures_stay(served, browser):
    page = visit(served, browser).page
    before = page.inner_text("[data-kpi=mrr] .value")
    page.route("**/v1/**", lambda route: route.abort())
    page.get_by_role("button", name="90D", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    assert page.inner_text("[data-kpi=mrr] .value") == before
    page.unroute("**/v1/**")
    page.get_by_role("button", name="Try again").click()
    settled(page)
    expect(page.locator(".banner")).to_be_hidden()


def test_a_panel_that_fails_leaves_the_others_standing(served, browser):
    page = visit(served, browser).page
    page.route("**/v1/revenue/mrr**", lambda route: route.fulfill(status=503, json=BROKEN))
    page.reload()
    settled(page)
    panel = page.get_by_label("MRR movements", exact=True)
    expect(panel.get_by_role("alert")).to_contain_text("The query took more than 10 s.")
    expect(page.get_by_label("Revenue", exact=True).locator(".chart svg")).to_be_visible()


def test_before_anything_is_published_the_page_says_what_to_do(served, browser):
    page = visit(served, browser).page
    nothing = {"code": "no_generation", "detail": "nothing is published yet"}
    page.route("**/v1/kpis", lambda route: route.fulfill(status=503, json=nothing))
    page.reload()
    expect(page.locator(".banner")).to_contain_text("tillhouse refresh")


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


def test_a_token_in_a_link_signs_in_and_is_gone_from_the_address(served, browser):
    page = visit(served, browser, "?range=7d").page
    assert page.url == f"{served.url}/?range=7d"


def test_a_session_that_is_over_leads_back_to_the_form(served, browser):
    page = visit(served, browser).page
    page.context.clear_cookies()
    page.get_by_role("button", name="90D", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Your session is over")
