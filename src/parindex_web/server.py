"""How gunicorn serves the application: `gunicorn -c python:parindex_web.server parindex_web.wsgi`.

PARINDEX_LISTEN, PARINDEX_PROCESSES and PARINDEX_THREADS: see `environment.VARIABLES`.
"""

from __future__ import annotations

import gc
import os
from typing import Any

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

bind = os.environ.get("PARINDEX_LISTEN", "127.0.0.1:8000")
if (
    os.environ.get("PARINDEX_DEMO", "").lower() in ("1", "true", "yes", "on")
    and bind.rpartition(":")[0] not in LOOPBACK
):
    raise SystemExit(
        f"PARINDEX_DEMO=1 chỉ phục vụ trên máy này, không phải {bind}. / serves this machine only, not {bind}."
    )
workers = int(os.environ.get("PARINDEX_PROCESSES", "2"))
threads = int(os.environ.get("PARINDEX_THREADS", "4"))
worker_class = "gthread"
# The application is loaded once: a process that is lost is replaced at once.
preload_app = True
# Longer than the 15 seconds between two saves of somebody who types: the connection is kept, and that of a proxy too.
keepalive = 75
timeout = 120
graceful_timeout = 30
# A heartbeat on a disk that is busy would look like a process that hangs.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def post_worker_init(worker: Any) -> None:
    """What the application holds for good is not searched for garbage again with every few requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "parindex_web.pages.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
