"""The worker of long work, which also takes over work whose worker was killed."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Any

from django.db import connection
from django.db.utils import DatabaseError
from django_tasks_db.management.commands import db_worker

from parindex_web.results.actions import begin_again
from parindex_web.results.work import BEAT

logger = logging.getLogger("parindex_web.results")


class Command(db_worker.Command):
    """The command of the task library, with somebody beside it who looks for work that lost their worker."""

    help = "Do long work: computing and freezing. What lost its worker begins again."

    def handle(self, **options: Any) -> None:
        over = Event()
        begin_again()
        watch = Thread(target=_watch, args=(over,), daemon=True)
        # A worker that leaves when the queue is empty has nobody to watch for.
        if not options["batch"]:
            watch.start()
        try:
            super().handle(**options)
        finally:
            over.set()


def _watch(over: Event) -> None:
    try:
        while not over.wait(BEAT):
            try:
                again = begin_again()
            except DatabaseError:
                # Locked or restarting: the next look comes in seconds, and the log says that it happened.
                logger.warning("looking for work without a worker failed", exc_info=True)
                connection.close()
            else:
                if again:
                    logger.info("work begins again: %s", [str(each.pk) for each in again])
    finally:
        connection.close()
