"""What the reader's code makes of a generation, as a short text.

ETags and cached answers carry it: other code may write other bytes from the same generation, and
nobody has to remember to raise a number.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


SHAPE: Final = _fingerprint()
