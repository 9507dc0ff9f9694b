"""Fixtures of the end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest


@pytest.fixture
def app_postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the URL of a second fresh database: the application's own."""
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("drop database if exists app with (force)")
        connection.execute("create database app")
        yield f"{postgres_server}/app"
        connection.execute("drop database app with (force)")
