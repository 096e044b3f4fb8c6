"""Long work, done by the worker."""

from __future__ import annotations

from django_tasks import task

from parindex_web.results.actions import run_computation, run_freezing


@task()
def compute_edition(computation: int) -> None:
    """Compute one edition. A worker that was killed is followed by another: the computation begins again."""
    run_computation(computation)


@task()
def freeze_publication(freezing: int) -> None:
    """Freeze one version. A worker that was killed is followed by another: freezing begins again."""
    run_freezing(freezing)
