"""Chapters build their rule with the fixture `rule`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from written_rule import WrittenRule, written_rule


@pytest.fixture
def rule() -> Callable[..., WrittenRule]:
    return written_rule
