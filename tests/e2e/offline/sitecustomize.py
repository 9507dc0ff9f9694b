"""Put on the path of a program and its children: nothing of them reaches another machine.

Whatever is tried is written to the file that TRIED names, so that a test can see it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo


def _is_here(host: str) -> bool:
    if host in {"localhost", socket.gethostname(), ""}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_elsewhere(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not _is_here(name):
        with open(os.environ["TRIED"], "a") as tried:  # noqa: PTH123  before anything is imported
            tried.write(f"{name}\n")
        raise OSError(f"{name} is another machine")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX:
        _refuse_elsewhere(address[0])
    _connect(self, address)


def _guarded_getaddrinfo(host: Any, *arguments: Any, **keywords: Any) -> Any:
    _refuse_elsewhere(host)
    return _getaddrinfo(host, *arguments, **keywords)


socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
socket.getaddrinfo = _guarded_getaddrinfo
