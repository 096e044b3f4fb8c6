"""Settings that all tests share."""

from __future__ import annotations

from hypothesis import settings

# No deadline: a machine that is busy with other things would fail tests that are right.
settings.register_profile("ci", deadline=None, print_blob=True)
settings.load_profile("ci")
