"""Answers as pandas DataFrames: nothing of what they say is lost on the way."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

# Integers and booleans that may be null stay what they are, and never become floats.
_PANDAS = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
_META = b"tillhouse"

_DECIMAL = re.compile(r"_usd$|_pct$|_rate$|_per_credit$|^amount$|^figure$")
_INSTANT = re.compile(r"_at$|_through$|^as_of$|^expected_by$|^valid_(from|to)$")
_DAY = re.compile(r"(^|_)(date|month|day|on)$|^period_start$")


def from_arrow(pages: Sequence[bytes]) -> pd.DataFrame:
    """Return the rows of an answer's pages; `attrs["meta"]` is what the first says of them."""
    tables = [pa.ipc.open_stream(io.BytesIO(page)).read_all() for page in pages]
    meta = json.loads((tables[0].schema.metadata or {}).get(_META, b"{}"))
    whole = pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
    frame: pd.DataFrame = whole.to_pandas(types_mapper=_PANDAS.get)
    frame.attrs["meta"] = meta
    return frame


def from_rows(rows: Sequence[dict[str, Any]], meta: dict[str, Any] | None = None) -> pd.DataFrame:
    """Return rows that came as JSON, typed by what their names say (see `GET /v1/marts`)."""
    frame = pd.DataFrame([{name: _typed(name, row[name]) for name in row} for row in rows])
    if meta is not None:
        frame.attrs["meta"] = meta
    return frame


def _typed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if _DECIMAL.search(name):
        return Decimal(value)
    if _INSTANT.search(name):
        return pd.Timestamp(value)
    return date.fromisoformat(value) if _DAY.search(name) else value
