"""What runs over many records: the same meaning in plain Python (`reference`) and in DuckDB (`duckdb`).

`reference` defines what is counted; `cells_query` says it once as SQLGlot expressions; `duckdb` runs them. Invented
data hold both equal to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ENGINES: Mapping[str, str] = {
    "duckdb": "parindex.engines.duckdb",
    "reference": "parindex.engines.reference_files",
}
"""The engines that count files of interviews, by the name that commands take. `reference` reads CSV only."""

DEFAULT_ENGINE = "duckdb"


def engine_named(name: str) -> Any:
    """The module of an engine, loaded now. KeyError for an unknown name."""
    from importlib import import_module

    return import_module(ENGINES[name])
