"""The dashboard's files: small, from nowhere else, and nothing inline."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from reader.routes.dashboard import STATIC

SCRIPTS = sorted(STATIC.rglob("*.js"))
VENDORED = STATIC / "vendor"
OWN = [path for path in SCRIPTS if VENDORED not in path.parents]
BUDGET = 150 * 1024
LONGEST = 300


def test_the_whole_page_fits_the_budget():
    files = [path for path in STATIC.rglob("*") if path.suffix in {".js", ".css", ".html", ".svg"}]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= BUDGET


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_modules_are_small(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST


def test_vendored_files_are_those_that_were_reviewed():
    lines = (VENDORED / "SHA256SUMS").read_text().splitlines()
    recorded = {name: digest for digest, name in (line.split() for line in lines)}
    for name, digest in recorded.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest
    built = {path.name for path in VENDORED.iterdir() if path.suffix in {".js", ".css"}}
    assert built <= set(recorded)


def test_the_page_holds_no_inline_code_and_names_no_other_host():
    page = (STATIC / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=|javascript:", page)
    own = [path for path in STATIC.rglob("*.*") if VENDORED not in path.parents]
    for path in own:
        addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", _code(path)))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_scripts_write_text_never_markup(path: Path):
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(", path.read_text())


def test_every_imported_file_is_there():
    for path in SCRIPTS:
        for name in re.findall(r'(?:from |import\()"(\.[^"]+)"', path.read_text()):
            assert (path.parent / name).resolve().exists(), (path, name)


def test_modules_are_fetched_at_once_not_one_after_the_other():
    """All that `app.js` needs, however deep; the charts come by themselves (see drawing.js)."""
    page = (STATIC / "index.html").read_text()
    preloaded = re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)
    needed: set[Path] = set()
    waiting = [STATIC / "app.js"]
    while waiting:
        path = waiting.pop()
        for name in re.findall(r'from "(\.[^"]+)"', path.read_text()):
            found = (path.parent / name).resolve()
            if found not in needed:
                needed.add(found)
                waiting.append(found)
    assert sorted(preloaded) == sorted(path.relative_to(STATIC).as_posix() for path in needed)


def test_every_module_is_used():
    named = {
        (path.parent / name).resolve()
        for path in OWN
        for name in re.findall(r'(?:from |import\()"(\.[^"]+)"', path.read_text())
    }
    page = (STATIC / "index.html").read_text()
    unused = [path.name for path in OWN if path not in named and f"/{path.name}" not in page]
    assert unused == []


def test_every_export_is_used():
    texts = {path: path.read_text() for path in OWN}
    for path, text in texts.items():
        for name in re.findall(r"^export (?:async )?(?:const|function|class) (\w+)", text, re.M):
            others = [other for each, other in texts.items() if each != path]
            assert any(re.search(rf"\b{name}\b", other) for other in others), (path, name)


def test_every_file_the_page_names_is_served(client):
    page = client.get("/")
    assert page.headers["cache-control"] == "no-cache"
    for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        answer = client.get(name)
        assert answer.status_code == 200, name
        assert answer.headers["x-content-type-options"] == "nosniff"


def _code(path: Path) -> str:
    if path.suffix not in {".js", ".css", ".html", ".svg"}:
        return ""
    return re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE)
