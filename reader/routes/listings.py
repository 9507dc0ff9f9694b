"""The routes that serve a table's own rows, made from `reader.listings`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.listings import LISTINGS, Listing
from reader.params import ListParameters
from reader.pipeline import answer
from reader.queries.rows import listing_page

router = APIRouter(prefix="/v1")


def _endpoint(listing: Listing) -> Callable[..., Response]:
    def endpoint(request: Request, parameters: ListParameters) -> Response:
        query = partial(
            listing_page,
            listing=listing,
            parameters=parameters,
            live_mode=request.app.state.settings.live_mode,
        )
        return answer(request, parameters, query)

    # What FastAPI reads: the parameters are of a model that exists only once the list is read.
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    model = listing.parameters()
    endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("request", kind, annotation=Request),
            inspect.Parameter("parameters", kind, annotation=model, default=Query()),
        ]
    )
    endpoint.__doc__ = f"Serve {listing.summary[0].lower()}{listing.summary[1:]}"
    return endpoint


for _listing in LISTINGS:
    _name = _listing.path.strip("/").replace("/", "_").replace("-", "_")
    router.add_api_route(
        _listing.path,
        _endpoint(_listing),
        methods=["GET"],
        name=_name,
        tags=[_listing.path.split("/")[1]],
    )
