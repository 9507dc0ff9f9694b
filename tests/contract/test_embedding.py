"""docs/embedding.md names only what is served, and its models are those that are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from served import NEWEST, Client, client_for
from whole import publish_whole

from ingest.app.specs import TABLES, Column, TableSpec
from reader.scopes import required_scope
from sandbox.app.schema import TABLES as SANDBOX
from warehouse.settings import load_settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "nextjs"
DOCUMENT = (ROOT / "docs" / "embedding.md").read_text()
STAND_INS = {
    "FROM": f"{NEWEST - timedelta(days=90)}",
    "DAY": f"{NEWEST}",
    "TODAY": f"{NEWEST + timedelta(days=1)}",
    "{customer_key}": "u_0",
}
PRISMA_TYPES = {"text": "String", "bigint": "Int", "double": "Float", "timestamp": "DateTime"}
SQL_TYPES = {
    "String": "text",
    "Int": "integer",
    "Float": "double precision",
    "DateTime": "timestamp(3)",
}


@dataclass(frozen=True)
class Figure:
    """A row of the document's tables."""

    name: str
    request: str
    fields: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def address(self) -> str:
        """The request with days and keys in place of their stand-ins."""
        return re.sub("|".join(STAND_INS), lambda match: STAND_INS[match[0]], self.request)


def _figures() -> list[Figure]:
    section = DOCUMENT.split("## Which figure is which request")[1].split("\n## ")[0]
    figures = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[1].startswith("`/"):
            request, fields, metrics = (re.findall(r"`([^`]+)`", cell) for cell in cells[1:])
            figures.append(Figure(cells[0], *request, tuple(fields), tuple(metrics)))
    return figures


FIGURES = _figures()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Return a client of a generation with every mart."""
    settings = load_settings(tillhouse_home=tmp_path_factory.mktemp("whole"))
    publish_whole(settings)
    return client_for(settings)


def test_every_row_of_the_tables_is_read() -> None:
    lines = re.findall(r"^\|[^|]+\| `/", DOCUMENT, re.MULTILINE)
    assert len(FIGURES) == len(lines) > 50


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_is_where_the_document_says(whole: Client, figure: Figure) -> None:
    answer = whole.get(figure.address)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["data"]
    assert rows, "nothing to look at"
    assert figure.fields
    assert set(figure.fields) <= set(rows[0])


def test_the_requests_beside_the_tables_are_served(whole: Client) -> None:
    said = set(re.findall(r"`(/v1/[^`]+)`", DOCUMENT)) - {figure.request for figure in FIGURES}
    # Live updates are no rows.
    for request in said - {"/v1/events"}:
        assert whole.get(Figure("", request, (), ()).address).status_code == 200, request


def test_metrics_are_those_that_are_declared() -> None:
    declared = set(
        re.findall(r"^### .* \(`(\w+)`\)$", (ROOT / "docs/metrics.md").read_text(), re.M)
    )
    assert {name for figure in FIGURES for name in figure.metrics} <= declared


def test_of_the_same_names_means_metrics_of_the_fields_names() -> None:
    declared = (ROOT / "docs/metrics.md").read_text()
    for line in DOCUMENT.splitlines():
        if line.endswith("| of the same names |"):
            for field in re.findall(r"`(\w+)`", line.split("|")[3]):
                assert f"(`{field}`)" in declared, field


def test_every_request_of_the_code_is_one_of_the_document() -> None:
    code = "".join(path.read_text() for path in EXAMPLE.rglob("*.ts"))
    paths = {urlsplit(figure.request).path for figure in FIGURES}
    asked = set(re.findall(r'\b(?:get|rows)\("(/v1/[^"]+)"', code))
    assert asked
    assert asked <= paths


def test_a_key_without_scopes_may_read_every_figure() -> None:
    for figure in FIGURES:
        parts = urlsplit(figure.address)
        query = dict(parse_qsl(parts.query))
        assert required_scope("GET", parts.path, query) in ("read", "customers")


@dataclass(frozen=True)
class Field:
    """A field of a Prisma model."""

    type: str
    is_optional: bool
    attributes: str


def _models() -> dict[str, tuple[dict[str, Field], list[list[str]]]]:
    schema = (EXAMPLE / "prisma" / "schema.prisma").read_text()
    models = {}
    for name, body in re.findall(r"^model (\w+) \{\n(.*?)^\}", schema, re.M | re.S):
        fields = {
            field: Field(kind, bool(optional), attributes)
            for field, kind, optional, attributes in re.findall(
                r"^  (\w+) +(\w+)(\??) *(.*?) *(?:///.*)?$", body, re.MULTILINE
            )
        }
        indexes = [
            [column.strip() for column in columns.split(",")]
            for columns in re.findall(r"@@index\(\[([^\]]+)\]\)", body)
        ]
        models[name] = (fields, indexes)
    return models


MODELS = _models()
# The application's own column, for its own screens.
UNREAD = {("ApiUsageLog", "outcome")}


def test_the_models_are_the_tables_that_are_read() -> None:
    assert list(MODELS) == [spec.name for spec in TABLES]


@pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.name)
def test_a_model_has_the_columns_that_are_read(spec: TableSpec) -> None:
    fields, _ = MODELS[spec.name]
    read: dict[str, Column] = {column.name: column for column in spec.columns}
    own = {name for table, name in UNREAD if table == spec.name}
    assert set(fields) == {*read, *spec.excluded, *own}
    for name, column in read.items():
        assert fields[name].type == PRISMA_TYPES[column.type], name
    assert "@id" in fields[spec.key].attributes


@pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.name)
def test_a_pull_by_cursor_has_its_index(spec: TableSpec) -> None:
    fields, indexes = MODELS[spec.name]
    assert spec.cursor is None or [spec.cursor] in indexes
    assert {column for index in indexes for column in index} <= set(fields)
    if spec.cursor == "updatedAt":
        assert "@updatedAt" in fields["updatedAt"].attributes


@pytest.mark.parametrize("table", SANDBOX, ids=lambda table: table.name)
def test_a_model_makes_the_table_that_the_sandbox_has(table: object) -> None:
    fields, _ = MODELS[table.name]
    ddl = " ".join(table.ddl.split())
    own = {name for owner, name in UNREAD if owner == table.name}
    assert [name for name in fields if name not in own] == list(table.columns)
    for name in table.columns:
        field = fields[name]
        [declared] = re.findall(rf'(?:^|, )"?{name}"? ([^,]+)', ddl)
        assert declared.startswith(SQL_TYPES[field.type]), name
        is_required = "not null" in declared or "primary key" in declared
        assert is_required != field.is_optional, name
        assert ("unique" in declared) == ("@unique" in field.attributes), name
