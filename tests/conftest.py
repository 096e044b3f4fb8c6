"""Settings that all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: a machine that is busy with other things would fail tests that are right.
settings.register_profile("search", deadline=None, print_blob=True)
# A gate gives the same answer to the same change; new cases are searched for in daily work.
settings.register_profile("gate", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "search")
