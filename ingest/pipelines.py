"""The dlt pipelines: where rows and the cursor that goes with them are committed together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

import dlt
import pyarrow as pa
from dlt.common.destination import TLoaderFileFormat
from dlt.common.schema.typing import TSchemaContractDict
from dlt.extract import DltResource, DltSource
from dlt.pipeline.exceptions import PipelineStepFailed

from ingest.dlt_configuration import configure_dlt
from ingest.raw import APP, STRIPE
from warehouse.engines import Engine, engine_for
from warehouse.errors import SourceError, TillhouseError
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

SourceName = Literal["stripe", "app"]

Landed = tuple[str, pa.Table]
"""A table's name and rows for it."""

Stream = Callable[[], Iterator[Landed]]

DATASETS: Final[dict[SourceName, str]] = {"stripe": STRIPE, "app": APP}

# A value of another type than the column's fails the load instead of making a second column.
SCHEMA_CONTRACT: Final[TSchemaContractDict] = {"data_type": "freeze"}

# What each engine bulk-loads; dlt's own choice for DuckDB takes seven times longer.
FILE_FORMATS: Final[dict[str, TLoaderFileFormat]] = {"duckdb": "parquet", "postgres": "csv"}


def build_pipeline(settings: Settings, source: SourceName) -> dlt.Pipeline:
    """Return the dlt pipeline that lands a source; nothing connects yet."""
    configure_dlt()
    return dlt.pipeline(
        f"tillhouse_{source}",
        pipelines_dir=str(settings.pipelines_dir),
        destination=_remembering(engine_for(settings).dlt_destination()),
        dataset_name=DATASETS[source],
    )


def _remembering(destination: Any) -> Any:
    """Return a destination that finds out once what it is capable of.

    dlt asks it six times a load, and each time it would resolve the whole configuration: half of
    what a small load costs.
    """
    asked = destination.capabilities
    known: dict[object, Any] = {}

    def capabilities(config: Any = None, naming: Any = None) -> Any:
        if config is not None:
            return asked(config, naming)
        if type(naming) not in known:
            known[type(naming)] = asked(None, naming)
        return known[type(naming)].copy()

    destination.capabilities = capabilities
    return destination


def settle(pipeline: dlt.Pipeline) -> None:
    """Finish what a killed run left, then forget the local state: the warehouse's alone counts.

    A pending package holds rows and their cursor; dlt would load it instead of a new pull. One that
    can't be loaded is dropped: its cursor never counted, so its rows are read again.
    """
    if pipeline.has_pending_data:
        logger.warning("%s: loading what an interrupted run left", pipeline.pipeline_name)
        try:
            # Not `run`: into an empty warehouse that drops what it should load.
            pipeline.normalize()
            pipeline.load()
        except PipelineStepFailed as error:
            logger.warning("%s: it can't be loaded, read again: %s", pipeline.pipeline_name, error)
    pipeline.drop()


def land(pipeline: dlt.Pipeline, source: DltSource, engine: Engine) -> None:
    """Run a source through its pipeline, from where the last complete load ended.

    Args:
        pipeline: the pipeline.
        source: what to run through it.
        engine: the warehouse that it goes to.

    Raises:
        TillhouseError: as the source raised it.
        SourceError: the warehouse is held by another process, or did not take the rows.
    """
    settle(pipeline)
    run_source(pipeline, source, engine)


def run_source(pipeline: dlt.Pipeline, source: DltSource, engine: Engine) -> None:
    """Run a source through a pipeline that is settled.

    Args:
        pipeline: the pipeline.
        source: what to run through it.
        engine: the warehouse that it goes to.

    Raises:
        TillhouseError: as the source raised it.
        SourceError: the warehouse is held by another process, or did not take the rows.
    """
    try:
        # dlt opens it four times a load. A connection that is open meanwhile makes DuckDB begin
        # once, which takes it as long for a small file as for a large one, and write a checkpoint
        # once.
        with engine.connect():
            pipeline.run(source)
    except PipelineStepFailed as failed:
        error = cause_of(failed)
        if error:
            raise error from failed
        raise SourceError(
            f"the warehouse did not take the rows of {pipeline.pipeline_name} "
            f"({failed.step}: {_root(failed)}): nothing of this load counts, run again"
        ) from failed


def cause_of(failed: BaseException) -> TillhouseError | None:
    """Return the error of ours that dlt has wrapped in its own, if there is one."""
    return next((error for error in _chain(failed) if isinstance(error, TillhouseError)), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _root(error: BaseException) -> BaseException:
    return list(_chain(error))[-1]


def fanned_out(
    name: SourceName, tables: Sequence[str], stream: Stream, engine: Engine
) -> DltSource:
    """Return a dlt source with one resource a table, fed by one stream of (table, rows).

    One stream, because what is read for one table decides what must be read for others.

    Args:
        name: the source's name.
        tables: the tables' names.
        stream: a generator function of (table, Arrow table) pairs.
        engine: the warehouse that it goes to.
    """
    changes = dlt.resource(stream, name=f"{name}_changes", selected=False)

    def resource(table: str) -> DltResource:
        def pick(item: Landed) -> pa.Table | None:
            return item[1] if item[0] == table else None

        return dlt.transformer(
            pick,
            data_from=changes,
            name=table,
            write_disposition="append",
            file_format=FILE_FORMATS[engine.name],
        )

    def source() -> list[DltResource]:
        return [changes, *map(resource, tables)]

    return dlt.source(source, name=name, schema_contract=SCHEMA_CONTRACT)()
