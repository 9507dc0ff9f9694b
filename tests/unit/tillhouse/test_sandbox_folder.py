"""A sandbox folder holds one company, which goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tillhouse.commands.sandbox import opened_on
from warehouse.errors import SettingsError

MET = datetime(2026, 11, 22, tzinfo=UTC)
FIRST_DAY = date(2024, 11, 1)


def test_a_company_keeps_its_first_day(tmp_path: Path) -> None:
    assert opened_on(tmp_path, 7, 500, MET) == FIRST_DAY
    assert opened_on(tmp_path, 7, 500, datetime(2027, 2, 3, tzinfo=UTC)) == FIRST_DAY


@pytest.mark.parametrize(("seed", "customers"), [(8, 500), (7, 501)])
def test_another_company_is_refused(tmp_path: Path, seed: int, customers: int) -> None:
    opened_on(tmp_path, 7, 500, MET)
    with pytest.raises(SettingsError, match=r"holds another company \(seed 7, 500 sign-ups"):
        opened_on(tmp_path, seed, customers, MET)


def test_the_same_company_told_by_other_code_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_on(tmp_path, 7, 500, MET)
    monkeypatch.setattr("sandbox.company.code_version", lambda: "other")
    with pytest.raises(SettingsError, match="another folder or TILLHOUSE_HOME"):
        opened_on(tmp_path, 7, 500, MET)
