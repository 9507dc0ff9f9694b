"""What dlt is told, and that it asks nobody else.

By itself it looks for each option of a load, more than a thousand of them, in the environment and
in `.dlt` of the working folder and of the user, below every section that the option could stand
under. A project of the user's own would be found there and change what is landed, and the looking
is a good part of what a small pull costs (docs/decisions/0022).
"""

from __future__ import annotations

from typing import Any, Final

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from typing_extensions import override

OPTIONS: Final[dict[str, object]] = {
    "dlthub_telemetry": False,
    "delete_completed_jobs": True,
    "add_dlt_load_id": True,
}
"""Every option that is not dlt's default, by its name alone: no two of one name are asked for."""


class OurOptions(ConfigProvider):
    """Knows the options above."""

    @override
    def get_value(
        self, key: str, hint: type[Any], pipeline_name: str | None, *sections: str
    ) -> tuple[Any | None, str]:
        """Return an option, None if it is dlt's default, and what it is called."""
        return OPTIONS.get(key), key

    @property
    @override
    def supports_secrets(self) -> bool:
        """Whether secrets may stand here; there are none, so none need be told from the rest."""
        return True

    @property
    @override
    def supports_sections(self) -> bool:
        """Whether options are asked for below sections."""
        return False

    @property
    @override
    def name(self) -> str:
        """What dlt calls it in its errors."""
        return "Tillhouse"


def configure_dlt() -> None:
    """Let dlt ask nobody but us, however this process was started."""
    running = Container()[PluggableRunContext]
    if not any(isinstance(provider, OurOptions) for provider in running.providers.providers):
        running.providers.providers = [OurOptions()]
        # What it was told before.
        running.context.reset_config()
