"""`tillhouse`: the commands, and how they end."""

from __future__ import annotations

import logging
import signal
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import NoReturn

import typer

from tillhouse import terminal
from tillhouse.commands.audit import audit
from tillhouse.commands.demo import demo
from tillhouse.commands.doctor import doctor
from tillhouse.commands.erase import erase
from tillhouse.commands.explain import explain
from tillhouse.commands.generations import generations
from tillhouse.commands.refresh import refresh
from tillhouse.commands.sandbox import sandbox
from tillhouse.commands.serve import serve
from tillhouse.commands.sql import sql
from tillhouse.commands.status import status
from tillhouse.commands.token import token
from tillhouse.commands.up import up
from warehouse.errors import TillhouseError

app = typer.Typer(
    name="tillhouse",
    help="Revenue, churn, usage and provider cost of a company on Stripe, as tables and a page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo,
    refresh,
    up,
    serve,
    sandbox,
    status,
    doctor,
    explain,
    sql,
    generations,
    token,
    erase,
):
    app.command()(command)
app.add_typer(audit, name="audit")


def main() -> None:
    """Run one command; an error is one line on stderr and the contract's exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, _end)
    try:
        app()
    except TillhouseError as error:
        terminal.say_error(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has enough of it, as `head` does.
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:  # noqa: BLE001  the last resort: a line here, the rest in a file
        path = _keep_trace()
        terminal.say_error(f"{type(error).__name__}: {error}; the details are in {path}")
        sys.exit(1)


def _end(_number: int, _frame: object) -> NoReturn:
    """Leave as after an error, so that locks, child processes and the history are seen to."""
    sys.exit(143)


def _keep_trace() -> Path:
    path = Path(gettempdir()) / f"tillhouse-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
    path.touch(mode=0o600)
    path.write_text(traceback.format_exc())
    return path
