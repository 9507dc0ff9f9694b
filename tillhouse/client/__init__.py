"""The reader's API for Python: `from tillhouse.client import Client`.

Rows come as pandas DataFrames with exact decimals and aware instants, pages are followed to the
end of one generation, and what has not changed is not sent again.
"""

from __future__ import annotations

from tillhouse.client.client import Client
from tillhouse.client.errors import ApiError, ClientError, UnreachableError
from tillhouse.client.parameters import Query

__all__ = ["ApiError", "Client", "ClientError", "Query", "UnreachableError"]
