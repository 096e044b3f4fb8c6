"""The settings of the application, with an environment for tests. Databases and files are temporary."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("PARINDEX_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("PARINDEX_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("PARINDEX_HTTPS", "0")
os.environ.setdefault("PARINDEX_FILES", tempfile.mkdtemp(prefix="parindex-web-tests-"))
os.environ.setdefault("PARINDEX_MAIL", "memorymail://")

from parindex_web.settings import *  # noqa: F403
