"""Settings that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: a machine that is busy with other things would fail tests that are right.
settings.register_profile("search", deadline=None, print_blob=True)
# A gate gives the same answer to the same change; new cases are searched for in daily work.
settings.register_profile("gate", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "search")

HERE = Path(__file__).parent
# The packages they watch are named in scripts/coverage.sh.
WATCHED = [HERE / "spec", *(HERE / "unit" / each for each in ("programme", "scoring", "results"))]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the quick tests of framework, rules, index and ranks: they take the branches that are counted."""
    for item in items:
        if item.get_closest_marker("slow") is None and any(each in item.path.parents for each in WATCHED):
            item.add_marker(pytest.mark.watched)
