"""The client: one method for each family of routes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, Unpack
from urllib.parse import quote

import httpx
import pandas as pd

from tillhouse.client.errors import ClientError, UnreachableError, error_of
from tillhouse.client.frames import from_arrow, from_rows
from tillhouse.client.parameters import Query, as_sent

_ARROW = "application/vnd.apache.arrow.stream"
_JSON = "application/json"
_PAGE_ROWS = 1000
_KEPT_ANSWERS = 64
_CHUNK_BYTES = 1 << 20

# What has one page only and so knows no size of one.
_ONE_PAGE = frozenset(
    {"/v1/kpis/summary", "/v1/costs/providers/summary", "/v1/freshness", "/v1/reconciliations"}
)

Revenue = Literal[
    "mrr",
    "movements",
    "definitions",
    "cash",
    "recognition",
    "balance",
    "payouts",
    "invoices",
    "payments",
    "refunds",
    "disputes",
]
Churn = Literal["retention", "cohorts", "events", "dunning", "trials", "subscription-events"]
Usage = Literal["daily", "active-users", "credits", "api-logs"]
Costs = Literal["providers", "providers/summary", "videos", "rates"]
Reconciled = Literal["invoices", "payouts", "recognition"]


@dataclass(frozen=True)
class _Answer:
    """A response's body and what has to be known to ask for it again, or for what follows it."""

    etag: str | None
    content: bytes
    following: str | None


class Client:
    """Reads one company's figures.

    Args:
        token: of `tillhouse token NAME`, or an API key.
        base_url: where the reader is.
        timeout: seconds that a request may take.
        transport: how requests travel; for tests.
    """

    def __init__(
        self,
        token: str,
        base_url: str = "http://127.0.0.1:8000",
        *,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "tillhouse-client"},
            timeout=timeout,
            transport=transport,
        )
        self._kept: OrderedDict[tuple[str, str], _Answer] = OrderedDict()

    def kpis(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return the KPIs of the newest period, or of each period of a range."""
        return self._table("/v1/kpis", parameters)

    def kpis_summary(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return the KPIs of a whole range as one row."""
        return self._table("/v1/kpis/summary", parameters)

    def revenue(self, kind: Revenue, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return MRR, its movements or definitions, cash, recognition, or Stripe's documents."""
        return self._table(f"/v1/revenue/{kind}", parameters)

    def churn(self, kind: Churn, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return retention, cohorts, lost customers, failed payments, trials or events."""
        return self._table(f"/v1/churn/{kind}", parameters)

    def usage(self, kind: Usage, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return videos, active users, credits, or the calls to providers."""
        return self._table(f"/v1/usage/{kind}", parameters)

    def costs(self, kind: Costs, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return provider cost, videos with their cost, or the rate card."""
        return self._table(f"/v1/costs/{kind}", parameters)

    def margin(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return margin by month and a dimension."""
        return self._table("/v1/margin", parameters)

    def unit_economics(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return what a customer of each plan brings, costs and is worth, by month."""
        return self._table("/v1/margin/unit-economics", parameters)

    def plans(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return what is sold."""
        return self._table("/v1/plans", parameters)

    def customers(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return customers with what each holds, brought and cost."""
        return self._table("/v1/customers", parameters)

    def customer(self, customer_key: str) -> dict[str, Any]:
        """Return one customer: its own values, and a DataFrame of each list behind them."""
        body = self._json(f"/v1/customers/{_segment(customer_key)}", {})
        [row] = body["data"]
        frames = {
            name: from_rows(value)
            for name, value in row.items()
            if isinstance(value, list) and name != "truncated"
        }
        own = from_rows([{name: value for name, value in row.items() if name not in frames}])
        values = {str(name): value for name, value in own.iloc[0].to_dict().items()}
        return {**values, **frames}

    def explain(self, metric: str, period: date | str, slice_: str | None = None) -> pd.DataFrame:
        """Return the objects behind a figure; `attrs["meta"]["metric"]` says what it is."""
        path = f"/v1/metrics/{_segment(metric)}/explain"
        return self._table(path, {"period": period, "slice": slice_})

    def marts(self) -> pd.DataFrame:
        """Return the catalogue: every table with its grain, columns and units."""
        rows: list[dict[str, Any]] = []
        meta: dict[str, Any] | None = None
        parameters: dict[str, object] = {"limit": _PAGE_ROWS}
        while True:
            body = self._json("/v1/marts", parameters)
            rows += body["data"]
            meta = meta or body["meta"]
            if body["next_cursor"] is None:
                return from_rows(rows, meta)
            parameters["cursor"] = body["next_cursor"]

    def freshness(self) -> pd.DataFrame:
        """Return how late each source and mart is, worked out now."""
        return self._table("/v1/freshness", {})

    def data_quality(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return every check of the generation with its result."""
        return self._table("/v1/data-quality", parameters)

    def unknown_values(self) -> pd.DataFrame:
        """Return values of Stripe's that its pinned API version does not know."""
        return self._table("/v1/data-quality/unknown-values", {})

    def reconciliations(
        self, kind: Reconciled | None = None, **parameters: Unpack[Query]
    ) -> pd.DataFrame:
        """Return each reconciliation with how much differs, or the rows of one."""
        return self._table(f"/v1/reconciliations{f'/{kind}' if kind else ''}", parameters)

    def restatements(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return what later runs changed in closed months."""
        return self._table("/v1/restatements", parameters)

    def alerts(self, **parameters: Unpack[Query]) -> pd.DataFrame:
        """Return alerts, newest first."""
        return self._table("/v1/alerts", parameters)

    def acknowledge_alert(self, alert_id: str) -> dict[str, Any]:
        """Say that an alert is seen to; return it."""
        return self._act(f"/v1/alerts/{_segment(alert_id)}:acknowledge")

    def generations(self) -> pd.DataFrame:
        """Return the generations that are kept, newest first."""
        return self._table("/v1/generations", {})

    def activate_generation(self, generation_id: str) -> dict[str, Any]:
        """Roll back or forward to a kept generation; return it."""
        return self._act(f"/v1/generations/{_segment(generation_id)}:activate")

    def export(
        self,
        path: Path,
        *,
        from_: date | str | None = None,
        to: date | str | None = None,
        format_: Literal["csv", "parquet"] = "csv",
    ) -> dict[str, Any]:
        """Write everything of a period into a ZIP file, check it, and return its manifest.

        Raises:
            ClientError: what arrived is not whole; nothing is at `path`.
        """
        draft = path.with_name(f"{path.name}.part")
        query = as_sent({"from": from_, "to": to, "format": format_})
        try:
            with self._http.stream("GET", "/v1/export.zip", params=query) as response:
                if response.is_error:
                    response.read()
                    raise error_of(response)
                with draft.open("wb") as file:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
            manifest = _checked(draft)
            draft.replace(path)
        except httpx.TransportError as error:
            raise ClientError(f"the export broke off ({error}): ask again") from error
        finally:
            draft.unlink(missing_ok=True)
        return manifest

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _table(self, path: str, parameters: Mapping[str, object]) -> pd.DataFrame:
        query = as_sent(parameters)
        if path not in _ONE_PAGE:
            query.setdefault("limit", str(_PAGE_ROWS))
        answer = self._get(str(self._http.build_request("GET", path, params=query).url), _ARROW)
        pages = [answer.content]
        while answer.following is not None:
            answer = self._get(answer.following, _ARROW)
            pages.append(answer.content)
        return from_arrow(pages)

    def _json(self, path: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        request = self._http.build_request("GET", path, params=as_sent(parameters))
        body: dict[str, Any] = json.loads(self._get(str(request.url), _JSON).content)
        return body

    def _get(self, url: str, accept: str) -> _Answer:
        kept = self._kept.get((url, accept))
        headers = {"Accept": accept}
        if kept is not None and kept.etag is not None:
            headers["If-None-Match"] = kept.etag
        response = self._send("GET", url, headers)
        if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
            self._kept.move_to_end((url, accept))
            return kept
        following = response.links.get("next", {}).get("url")
        answer = _Answer(response.headers.get("etag"), response.content, following)
        if answer.etag is not None:
            self._kept[url, accept] = answer
            if len(self._kept) > _KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return answer

    def _act(self, path: str) -> dict[str, Any]:
        body: dict[str, Any] = self._send("POST", path, {"Accept": _JSON}).json()
        return body

    def _send(self, method: str, url: str, headers: Mapping[str, str]) -> httpx.Response:
        try:
            response = self._http.request(method, url, headers=dict(headers))
        except httpx.TransportError as error:
            raise UnreachableError(
                f"no reader answers at {self._http.base_url} ({error}): check that it runs"
            ) from error
        if response.is_error:
            raise error_of(response)
        return response


def _segment(text: str) -> str:
    """Return a text as one segment of a path."""
    return quote(text, safe="")


def _checked(path: Path) -> dict[str, Any]:
    """Return the manifest of an archive that is what it says.

    Raises:
        ClientError: it is not.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            manifest: dict[str, Any] = json.loads(bundle.read("MANIFEST.json"))
            for table in manifest["tables"]:
                digest = hashlib.sha256()
                with bundle.open(table["file"]) as file:
                    while chunk := file.read(_CHUNK_BYTES):
                        digest.update(chunk)
                if digest.hexdigest() != table["sha256"]:
                    raise ClientError(f"{table['file']} arrived damaged: export again")
    except (zipfile.BadZipFile, KeyError) as error:
        raise ClientError("the archive is not whole: export again") from error
    return manifest
