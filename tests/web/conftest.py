"""A tiny edition with people of every role, on the database that PARINDEX_DATABASE names (SQLite without it)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONG_AGO = date(2020, 1, 1)
PASSWORD = "demo-parindex-1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of the web uses the database; those that race or kill say so with a marker of their own.

    Tests with a browser have a server with its own database, and ask for no other. All are slow together: daily work
    on the application has `make test-web`.
    """
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("slow") is None:
            item.add_marker(pytest.mark.slow)
        if "browser" in getattr(item, "fixturenames", ()):
            continue
        if HERE in item.path.parents and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture
def people() -> Callable[..., object]:
    """Make a person with one duty: `people("coordinator", unit="U1")`."""
    from parindex_web.accounts.models import Duty, Person

    made: dict[str, object] = {}

    def make(role: str, *, name: str = "", **duty: object) -> object:
        key = name or "-".join([role, *map(str, duty.values())]).replace("'", "").replace(" ", "")
        if key not in made:
            person = Person.objects.create_user(f"{len(made)}.{role}@demo.test", PASSWORD, full_name=key)
            Duty.objects.create(person=person, role=role, valid_from=LONG_AGO, **duty)
            made[key] = person
        return made[key]

    return make


@pytest.fixture
def edition(people: Callable[..., object]) -> object:
    """The tiny edition, open for self-assessment, its deadlines far ahead."""
    from django.utils import timezone

    from parindex_web.editions.actions import move_edition, set_deadline
    from parindex_web.steering.actions import create_edition, files_of_folder

    manager = people("programme_manager")
    made = create_edition(by=manager, files=files_of_folder(HERE / "small"))
    for what in ("self_assessment", "appraisal_1", "explanation", "appraisal_2"):
        far = datetime(2099, 1, 31, 17, tzinfo=timezone.get_default_timezone())
        set_deadline(by=manager, edition=made, what=what, closes_at=far)
    return move_edition(by=manager, edition=made, name="open")
