"""Every setting of Tillhouse, read here and nowhere else.

One field per environment variable, in lower case. A `.env` file in the working directory is read
too and never wins over the real environment. A setting's description is also the text of the error
for a wrong value and of `.env.example`.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from warehouse.errors import SettingsError
from warehouse.home import generated_secret, prepare_home

_APP_SCHEMES = ("postgresql://", "postgres://", "sqlite:///")
_WAREHOUSE_SCHEMES = ("duckdb:///", "postgresql://", "postgres://")

# dlt, dbt and Dagster report to their makers unless told not to.
QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}

# The name is prometheus-client's, which reads it when it is imported.
_SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"


class Settings(BaseSettings):
    """The settings of one run; build them with `load_settings`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    stripe_secret_key: SecretStr | None = Field(
        None, description="a Stripe key, best a restricted read-only one (rk_…)"
    )
    stripe_api_base: str = Field(
        "https://api.stripe.com", description="where the Stripe API is, http(s)://HOST[:PORT]"
    )
    stripe_max_requests_per_second: int = Field(
        50, ge=1, le=1000, description="Tillhouse's share of the account's limit, requests a second"
    )
    stripe_webhook_secret: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="signing secrets (whsec_…) of the webhook endpoint, comma separated"
    )
    stripe_account_start: datetime | None = Field(
        None, description="the backfill's earliest moment, an ISO date; unset: the account's start"
    )
    stripe_connected_accounts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Connect accounts (acct_…) to pull beside the key's own, comma separated"
    )
    stripe_only: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="the raw Stripe tables to read, comma separated; unset: all of them"
    )
    stripe_except: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="raw Stripe tables the key may not read, comma separated; they stay as is"
    )
    app_database_url: SecretStr | None = Field(
        None, description="the application's database, postgresql://… or sqlite:///…, read-only"
    )
    database_url: SecretStr | None = Field(
        None, description="Prisma's name for APP_DATABASE_URL, read when that is not set"
    )
    warehouse_url: SecretStr | None = Field(
        None, description="duckdb:///PATH or postgresql://…; unset: a file in TILLHOUSE_HOME"
    )
    tillhouse_home: Path = Field(
        Path(".tillhouse"), description="the folder for everything Tillhouse writes by default"
    )
    tillhouse_seeds: Path | None = Field(
        None,
        description="a folder of CSV files that win over the shipped; unset: seeds in the home",
    )
    tillhouse_now: datetime | None = Field(
        None, description="an ISO instant taken as now (2026-11-22T02:00:00Z); unset: the clock"
    )
    redis_url: SecretStr | None = Field(
        None, description="redis://… for the dashboard's cache and shared limits; optional"
    )
    enable_dashboard_cache: bool = Field(
        default=True, description="true or false, the switch of the dashboard's cache"
    )
    dashboard_cache_ttl: int = Field(300, ge=1, description="seconds that an answer is cached")
    reader_jwt_secret: SecretStr | None = Field(
        None, description="32 bytes or more that sign dashboard tokens; unset: made in the home"
    )
    reader_jwks_url: str | None = Field(
        None, description="http(s)://… of the key set of dashboard tokens, instead of a secret"
    )
    reader_jwt_audience: str | None = Field(
        None, description="the audience a token must name; unset: not checked"
    )
    reader_jwt_issuer: str | None = Field(
        None, description="the issuer a token must name; unset: not checked"
    )
    reader_allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="origins of other dashboards, http(s)://HOST[:PORT], comma separated"
    )
    reader_trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="addresses or networks of proxies whose X-Forwarded-… count, comma separated",
    )
    reader_rate_limit: int = Field(
        12_000, ge=60, description="requests a minute for one token; dear ones count as several"
    )
    audit_key: SecretStr | None = Field(
        None,
        description="the key of the audit log's chain, 32 bytes or more; unset: made in the home",
    )
    sentry_dsn: SecretStr | None = Field(None, description="error tracking; off when unset")
    alert_webhook_url: SecretStr | None = Field(
        None, description="http(s)://… that takes alerts as Slack-compatible JSON; off when unset"
    )
    pseudonym_key: SecretStr | None = Field(
        None, description="the key of the HMAC that replaces e-mails; unset: made in the home"
    )

    @field_validator("stripe_secret_key")
    @classmethod
    def _is_secret_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not re.fullmatch(r"(sk|rk)_\w+", key.get_secret_value()):
            raise ValueError("it does not look like a Stripe secret key (sk_… or rk_…)")
        return key

    @field_validator("stripe_api_base", "reader_jwks_url", "alert_webhook_url")
    @classmethod
    def _is_http(cls, url: str | SecretStr | None) -> str | SecretStr | None:
        if url is not None and not re.match(r"https?://[^/\s]+", _as_text(url)):
            raise ValueError("it does not begin with http:// or https://")
        return url.rstrip("/") if isinstance(url, str) else url

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.match(r"rediss?://[^/\s]+", url.get_secret_value()):
            raise ValueError("it does not begin with redis:// or rediss://")
        return url

    @field_validator("reader_jwt_secret", "audit_key")
    @classmethod
    def _is_long(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < 32:
            raise ValueError("it is shorter than 32 bytes")
        return secret

    @field_validator(
        "stripe_webhook_secret",
        "stripe_connected_accounts",
        "stripe_only",
        "stripe_except",
        "reader_allowed_origins",
        "reader_trusted_proxies",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("stripe_connected_accounts")
    @classmethod
    def _are_accounts(cls, accounts: tuple[str, ...]) -> tuple[str, ...]:
        for account in accounts:
            if not re.fullmatch(r"acct_\w+", account):
                raise ValueError(f"{account} is not the id of an account")
        return tuple(dict.fromkeys(accounts))

    @field_validator("reader_trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(f"{proxy} is no address or network, like 10.0.0.0/8") from None
        return proxies

    @field_validator("tillhouse_now", "stripe_account_start", mode="before")
    @classmethod
    def _instant(cls, value: object) -> object:
        """Take ISO dates and instants only, not bare numbers; no offset means UTC."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, datetime):
            return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
        return value

    @field_validator("app_database_url")
    @classmethod
    def _is_app_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(_APP_SCHEMES):
            raise ValueError("it does not begin with postgresql:// or sqlite:///")
        return url

    @field_validator("warehouse_url")
    @classmethod
    def _is_warehouse_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(_WAREHOUSE_SCHEMES):
            raise ValueError("it does not begin with duckdb:/// or postgresql://")
        return url

    @field_validator("tillhouse_home", "tillhouse_seeds")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        # Child processes (dbt, Dagster) run in other folders.
        return path.expanduser().absolute() if path is not None else None

    @model_validator(mode="before")
    @classmethod
    def _fall_back_to_prisma(cls, values: dict[str, Any]) -> dict[str, Any]:
        text = _as_text(values.get("database_url") or "")
        if not values.get("app_database_url") and text.startswith(_APP_SCHEMES):
            return {**values, "app_database_url": text}
        return values

    @model_validator(mode="after")
    def _one_way_to_verify(self) -> Self:
        if self.reader_jwt_secret and self.reader_jwks_url:
            raise ValueError("READER_JWT_SECRET and READER_JWKS_URL are both set: unset one")
        return self

    def now(self) -> datetime:
        """Return the instant that counts as now, aware and in UTC."""
        return self.tillhouse_now or datetime.now(UTC)

    def required(self, field: str) -> str:
        """Return a setting that has no default, secrets unwrapped.

        Raises:
            SettingsError: it is not set.
        """
        value = getattr(self, field)
        if value is None:
            description = type(self).model_fields[field].description
            raise SettingsError(f"{field.upper()} is not set: set it to {description}")
        return _as_text(value)

    @property
    def live_mode(self) -> bool:
        """Whether the Stripe key reads real money; test objects are left out then."""
        return "_live_" in _as_text(self.stripe_secret_key or "")

    @property
    def warehouse_location(self) -> str:
        """The warehouse's URL with the default filled in; it may hold a password."""
        return _as_text(self.warehouse_url or f"duckdb:///{self.tillhouse_home}/warehouse.duckdb")

    @property
    def seeds_dir(self) -> Path:
        """The folder of the user's own CSV files; it need not exist."""
        return self.tillhouse_seeds or self.tillhouse_home / "seeds"

    @property
    def pipelines_dir(self) -> Path:
        """Where dlt keeps its working state."""
        return self.tillhouse_home / "pipelines"

    @property
    def serving_dir(self) -> Path:
        """Where published DuckDB generations lie."""
        return self.tillhouse_home / "serving"

    @property
    def dbt_dir(self) -> Path:
        """Where dbt's target and logs lie."""
        return self.tillhouse_home / "dbt"

    @property
    def dagster_home(self) -> Path:
        """Where the Dagster instance lies."""
        return self.tillhouse_home / "dagster"

    def prepare_home(self) -> Path:
        """Create TILLHOUSE_HOME where it is missing and return it.

        Raises:
            SettingsError: it can't be created or written.
        """
        return prepare_home(self.tillhouse_home)

    def pseudonym_key_value(self) -> bytes:
        """Return the key of the HMAC that replaces e-mail addresses, generated on first use."""
        return self._secret(self.pseudonym_key, "pseudonym.key")

    def reader_jwt_secret_value(self) -> bytes:
        """Return the secret of HS256 dashboard tokens, generated on first use."""
        return self._secret(self.reader_jwt_secret, "reader_jwt.key")

    def audit_key_value(self) -> bytes:
        """Return the key of the audit log's chain, generated on first use."""
        return self._secret(self.audit_key, "audit.key")

    def _secret(self, given: SecretStr | None, file_name: str) -> bytes:
        if given is not None:
            return given.get_secret_value().encode()
        return generated_secret(self.prepare_home() / file_name)

    def as_environment(self) -> dict[str, str]:
        """Return a child process's environment: ours, these settings, telemetry off."""
        chosen = {name: getattr(self, name) for name in self.model_fields_set | {"tillhouse_home"}}
        texts = {
            name.upper(): _as_text(value)
            for name, value in chosen.items()
            if value not in (None, ())
        }
        return {**os.environ, **texts, **QUIET, "DAGSTER_HOME": str(self.dagster_home)}


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and `.env`; `overrides` (field names) win over both.

    From here on the libraries in this process tell nobody what they do: dlt looks for its switch
    in the environment, when it is used first.

    Raises:
        SettingsError: a value is wrong; the message names the variable and how to mend it, and
            never quotes a secret.
    """
    os.environ.update(QUIET)
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None


def share_metrics(folder: Path) -> None:
    """Have the processes that are started from here on keep their metrics in a common folder."""
    os.environ[_SHARED_METRICS] = str(folder)


def shared_metrics_dir() -> Path | None:
    """Return the folder of the metrics of several processes; None if this one is alone."""
    folder = os.environ.get(_SHARED_METRICS)
    return Path(folder) if folder else None


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    reason = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return reason
    field = str(first["loc"][0])
    description = Settings.model_fields[field].description
    return f"{field.upper()} is wrong ({reason}): set it to {description}"


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return ",".join(_as_text(part) for part in value)
    return str(value)
