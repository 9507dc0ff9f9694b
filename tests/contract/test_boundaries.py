"""The floors of the house hold: a package imports only lower floors."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--config",
            str(config),
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_package_keeps_to_its_floor() -> None:
    result = _lint(ROOT / "pyproject.toml")
    assert result.returncode == 0, result.stdout


def test_the_check_sees_a_climbing_import(tmp_path: Path) -> None:
    """A contract that forbids an import which is there must fail, or the check checks nothing."""
    config = tmp_path / "contracts.toml"
    config.write_text(
        """
        [tool.importlinter]
        root_packages = ["warehouse", "tillhouse"]
        [[tool.importlinter.contracts]]
        name = "upside down"
        type = "layers"
        layers = ["warehouse", "tillhouse"]
        """
    )
    result = _lint(config)
    assert result.returncode != 0
    assert "upside down" in result.stdout


@pytest.mark.parametrize(
    "package", ["warehouse", "sandbox", "ingest", "reader", "orchestration", "tillhouse"]
)
def test_every_package_is_watched_and_shipped(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert package in project["importlinter"]["root_packages"]
    assert package in project["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert package in project["mypy"]["packages"]
