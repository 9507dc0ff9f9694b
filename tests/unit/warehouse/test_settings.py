"""Settings: one line for what is wrong, nothing secret in it, defaults as documented."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.errors import SettingsError
from warehouse.settings import Settings, load_settings

MakeSettings = Callable[..., Settings]

WRONG = {
    "STRIPE_SECRET_KEY": "canary_key",
    "STRIPE_API_BASE": "canary.example",
    "STRIPE_MAX_REQUESTS_PER_SECOND": "canary",
    "STRIPE_ACCOUNT_START": "canary-01",
    "APP_DATABASE_URL": "mysql://u:canary@h/d",
    "WAREHOUSE_URL": "mysql://u:canary@h/d",
    "TILLHOUSE_NOW": "now",
    "ENABLE_DASHBOARD_CACHE": "perhaps",
    "DASHBOARD_CACHE_TTL": "0",
    "READER_JWT_SECRET": "canary",
    "READER_JWKS_URL": "ftp://h",
    "ALERT_WEBHOOK_URL": "canary",
}


@pytest.mark.parametrize(("variable", "value"), WRONG.items())
def test_a_wrong_value_is_one_line_naming_the_variable(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value).startswith(f"{variable} is wrong (")
    assert "set it to " in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 2
    if variable not in {"STRIPE_ACCOUNT_START", "STRIPE_MAX_REQUESTS_PER_SECOND"}:
        assert "canary" not in str(error.value)


def test_a_missing_value_says_what_to_set(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="STRIPE_SECRET_KEY is not set: set it to a Stripe key"):
        settings.required("stripe_secret_key")


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("STRIPE_API_BASE=http://file\nDASHBOARD_CACHE_TTL=7\nOTHER=1\n")
    monkeypatch.setenv("STRIPE_API_BASE", "http://environment/")
    settings = load_settings()
    assert (settings.stripe_api_base, settings.dashboard_cache_ttl) == ("http://environment", 7)


def test_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "")
    monkeypatch.setenv("WAREHOUSE_URL", "")
    settings = load_settings()
    assert settings.stripe_secret_key is None
    assert settings.warehouse_location == f"duckdb:///{Path.cwd()}/.tillhouse/warehouse.duckdb"


def test_prismas_variable_is_the_fallback(make_settings: MakeSettings) -> None:
    prisma = {"database_url": "postgresql://u@h/prisma"}
    fallback, chosen = (
        make_settings(**prisma),
        make_settings(**prisma, app_database_url="sqlite:///a"),
    )
    assert fallback.required("app_database_url") == "postgresql://u@h/prisma"
    assert chosen.required("app_database_url") == "sqlite:///a"
    assert make_settings(database_url="mysql://unrelated").app_database_url is None


@pytest.mark.parametrize(
    "text", ["2026-11-22T02:00:00Z", "2026-11-22T02:00:00", "2026-11-22T03:00:00+01:00"]
)
def test_now_is_an_instant_in_utc(text: str, make_settings: MakeSettings) -> None:
    now = make_settings(tillhouse_now=text).now()
    assert now == datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert now.tzinfo is UTC


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READER_ALLOWED_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_1,whsec_2")
    settings = load_settings()
    assert settings.reader_allowed_origins == ("https://a.example", "https://b.example")
    assert [s.get_secret_value() for s in settings.stripe_webhook_secret] == ["whsec_1", "whsec_2"]


def test_two_ways_to_verify_tokens_are_one_too_many(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError, match="both set: unset one"):
        make_settings(reader_jwt_secret="s" * 32, reader_jwks_url="https://keys")


def test_secrets_are_made_once_for_the_owner_only(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.pseudonym_key_value(), range(32)))
    (path,) = settings.tillhouse_home.iterdir()
    assert keys == {path.read_bytes()}
    assert len(path.read_bytes()) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert settings.reader_jwt_secret_value() != settings.pseudonym_key_value()


def test_an_unwritable_home_is_wrong_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="TILLHOUSE_HOME"):
        load_settings(tillhouse_home=tmp_path / "file" / "home").prepare_home()


def test_a_child_process_reads_the_same_settings(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(
        tillhouse_now="2026-01-02T03:04:05Z",
        enable_dashboard_cache=False,
        stripe_secret_key="sk_test_1",
        reader_allowed_origins="http://a,http://b",
    )
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings().model_dump() == settings.model_dump()
    assert os.environ["RUNTIME__DLTHUB_TELEMETRY"] == "false"
    assert os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"


def test_the_example_file_names_every_setting_with_its_default(tmp_path: Path) -> None:
    example = (Path(__file__).parents[3] / ".env.example").read_text()
    names = [line.split("=")[0] for line in example.splitlines() if line and line[0] != "#"]
    assert names == [field.upper() for field in Settings.model_fields]
    for field in Settings.model_fields.values():
        assert f"# {field.description}\n" in example
    defaults = load_settings().model_dump()
    (tmp_path / ".env").write_text(example)
    assert load_settings().model_dump() == defaults
