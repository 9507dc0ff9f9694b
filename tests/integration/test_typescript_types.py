"""The TypeScript that is to be copied compiles under the strictest options, and misuse does not.

TypeScript is a native binary here, fetched once. What imports Next.js itself is not looked at.
"""

from __future__ import annotations

import platform
import subprocess

import pytest
from node_reader import TYPESCRIPT
from npm_registry import CACHE, fetched

VERSION = "7.0.2"
MODULES = CACHE / f"typescript-{VERSION}" / "node_modules"
TYPES = {"@types/node": "24.19.2", "undici-types": "7.24.6"}

pytestmark = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the package of the compiler is that for Linux on x86-64",
)


def test_it_compiles() -> None:
    compiler = "@typescript/typescript-linux-x64"
    binary = fetched(compiler, VERSION, MODULES / compiler) / "lib" / "tsc"
    for package, version in TYPES.items():
        fetched(package, version, MODULES / package)
    done = subprocess.run(
        [binary, "--project", TYPESCRIPT, "--typeRoots", MODULES / "@types"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
