"""parindex: run a public-governance index from its criteria to a rank that explains itself.

inputs = parindex.read_edition("examples/ministries-2023")
result = parindex.compute(inputs)
result.ranks                      # rows; every table of `parindex.tables.flow` is an attribute
print(result.explain("M-BTP"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["compute", "read_edition", "read_result"]

if TYPE_CHECKING:
    from parindex.editions import read_edition
    from parindex.results.compute import compute
    from parindex.results.result import read_result

_PUBLIC = {
    "compute": "parindex.results.compute",
    "read_edition": "parindex.editions",
    "read_result": "parindex.results.result",
}


def __getattr__(name: str) -> Any:
    # The public names are found on first use, so that `parindex --help` need not load the stages.
    if name in _PUBLIC:
        from importlib import import_module

        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'parindex' has no attribute {name!r}")
