"""A storm of Stripe's webhooks against one reader process: `python benchmarks/webhooks.py`.

Starts `tillhouse serve` in a folder of its own, posts signed events over many connections, and
prints how long each waited and how many rows are in the inbox.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from stripe import WebhookSignature

from warehouse.operations import Inbox, OperationsStore
from warehouse.settings import load_settings

SECRET = "whsec_benchmark0123456789"
_FILLER = "x" * 4_000


def request_of(number: int) -> bytes:
    """Return one delivery as it travels: four kilobytes, signed."""
    body = (
        f'{{"id": "evt_{number}", "object": "event", "type": "invoice.paid", "created": '
        f'1790000000, "livemode": true, "api_version": "2026-10-28.endive", "data": "{_FILLER}"}}'
    )
    signature = WebhookSignature.generate_signature_header(body, SECRET)
    return (
        "POST /v1/webhooks/stripe HTTP/1.1\r\nHost: reader\r\n"
        f"Stripe-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def deliver(port: int, planned: list[tuple[float, bytes]]) -> list[float]:
    """Post requests one after another on a connection, none before its time.

    Args:
        port: the reader's.
        planned: when each is due, by the event loop's clock, and the request.

    Returns:
        The seconds from when each was due to its answer.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    clock = asyncio.get_running_loop().time
    seconds = []
    for due, request in planned:
        await asyncio.sleep(max(0.0, due - clock()))
        began = due or clock()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        seconds.append(clock() - began)
    writer.close()
    return seconds


async def storm(port: int, events: int, connections: int, rate: float) -> tuple[list[float], float]:
    """Post all events over so many connections; return the seconds of each and of all.

    Args:
        port: the reader's.
        events: how many.
        connections: how many are open at once.
        rate: events a second; 0: as fast as they are taken.
    """
    start = asyncio.get_running_loop().time() + 1
    planned = [
        (start + number / rate if rate else 0.0, request_of(number)) for number in range(events)
    ]
    shares = [planned[index::connections] for index in range(connections)]
    waited = await asyncio.gather(*(deliver(port, share) for share in shares))
    took = asyncio.get_running_loop().time() - (start if rate else start - 1)
    return [seconds for share in waited for seconds in share], took


def wait_for(port: int) -> None:
    """Return when a server listens."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the reader does not start")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--connections", type=int, default=250)
    parser.add_argument("--rate", type=float, default=500, help="events a second; 0: no limit")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--warehouse", help="a postgresql://… instead of SQLite")
    given = parser.parse_args()
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = load_settings(
            tillhouse_home=Path(folder),
            stripe_webhook_secret=SECRET,
            **({"warehouse_url": given.warehouse} if given.warehouse else {}),
        )
        command = [sys.executable, "-m", "tillhouse", "serve", "--port", str(given.port)]
        with subprocess.Popen(command, env=settings.as_environment(), cwd=folder) as server:
            wait_for(given.port)
            load = storm(given.port, given.events, given.connections, given.rate)
            waited, took = asyncio.run(load)
            usage = Path(f"/proc/{server.pid}/stat").read_text().split()
            cpu = (int(usage[13]) + int(usage[14])) / os.sysconf("SC_CLK_TCK")
            server.terminate()
        kept = len(Inbox(OperationsStore(settings)).all())
    cuts = quantiles(waited, n=100)
    print(
        f"{given.events} events over {given.connections} connections in {took:.1f} s "
        f"({given.events / took:.0f} a second); waited: median {cuts[49] * 1000:.1f} ms, "
        f"p99 {cuts[98] * 1000:.1f} ms, longest {max(waited) * 1000:.1f} ms; "
        f"kept {kept}; the server used {cpu:.1f} s of CPU since it started"
    )


if __name__ == "__main__":
    main()
