"""Imports killed at many random moments."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.records.killed_imports import kill_at_moments

pytestmark = pytest.mark.soak


def test_fifty_random_moments(tmp_path: Path) -> None:
    assert kill_at_moments(tmp_path, 50, seed=50) >= 15
