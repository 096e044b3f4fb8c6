"""The settings of the application, with an environment for tests. Databases and files are temporary."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("PARINDEX_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("PARINDEX_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("PARINDEX_HTTPS", "0")
os.environ.setdefault("PARINDEX_MAIL", "memorymail://")
# Processes that test side by side inherit the folder of the one that started them: each has its own within it.
_files = Path(os.environ.setdefault("PARINDEX_FILES", tempfile.mkdtemp(prefix="parindex-web-tests-")))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and _files.name != _worker:
    os.environ["PARINDEX_FILES"] = str(_files / _worker)

from parindex_web.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["quick_hasher.QuickHasher"]
