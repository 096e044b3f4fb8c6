"""What the database itself refuses, on SQLite and on PostgreSQL: written once, made into triggers by migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class InDatabase(Operation):
    """A migration step that only the database sees.

    RunPython would serve too, but makes all models anew for each step: half of the time of migrating.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(self, make: Callable[[Any], None], drop: Callable[[Any], None]):
        """`make` and `drop` take the schema editor."""
        self.make, self.drop = make, drop

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.make(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.drop(schema_editor)

    def describe(self) -> str:
        return "What the database refuses by itself"


def refuse(name: str, table: str, *, on: str, when: str = "", says: str) -> InDatabase:
    """A migration step: `on` is UPDATE, DELETE or INSERT; `when` an SQL condition over OLD and NEW in both dialects."""

    def make(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            # The condition stands in the function: that of a trigger may not look into other tables.
            schema_editor.execute(
                f"CREATE FUNCTION {name}_says() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF ({when or 'TRUE'}) THEN "
                f"RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            )
            schema_editor.execute(
                f'CREATE TRIGGER {name} BEFORE {on} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}_says()'
            )
        else:
            schema_editor.execute(
                f'CREATE TRIGGER {name} BEFORE {on} ON "{table}" FOR EACH ROW WHEN ({when or "1"}) '
                f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )

    def drop(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER {name} ON "{table}"')
            schema_editor.execute(f"DROP FUNCTION {name}_says()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")

    return InDatabase(make, drop)


def undone(steps: Sequence[InDatabase]) -> list[InDatabase]:
    """The steps backwards, for a migration that must take locks away to change a table and puts them back after."""
    return [InDatabase(step.drop, step.make) for step in reversed(steps)]


def append_only(table: str) -> list[InDatabase]:
    """Rows are put in, and never changed or taken out."""
    return [
        refuse(f"{table}_no_{on.lower()}", table, on=on, says=f"{table} is append-only") for on in ("UPDATE", "DELETE")
    ]


def same(name: str, table: str, columns: Sequence[str], *, when: str = "", says: str) -> InDatabase:
    """The columns stay as they are in every row, or in those that `when` says. No column may hold NULL."""
    changed = " OR ".join(f'OLD."{column}" <> NEW."{column}"' for column in columns)
    return refuse(name, table, on="UPDATE", when=f"({changed})" + (f" AND ({when})" if when else ""), says=says)


def never_emptied(table: str) -> InDatabase:
    """A table with rows is not emptied at one blow: TRUNCATE asks no trigger of rows. SQLite has no such statement."""
    name = f"{table}_not_emptied"

    def make(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {name}_says() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f'IF EXISTS (SELECT 1 FROM "{table}") THEN '
                f"RAISE EXCEPTION '{table} is not emptied' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                f"RETURN NULL; END $$"
            )
            schema_editor.execute(
                f'CREATE TRIGGER {name} BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {name}_says()'
            )

    def drop(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER {name} ON "{table}"')
            schema_editor.execute(f"DROP FUNCTION {name}_says()")

    return InDatabase(make, drop)


def never_replaced(table: str, *unique: tuple[str, ...]) -> InDatabase:
    """INSERT OR REPLACE of SQLite takes the old row away without asking the trigger of DELETE: it is refused here.

    `unique`: the columns that are unique together, beside the id. PostgreSQL asks the trigger of UPDATE.
    """
    name = f"{table}_not_replaced"
    same_row = [" AND ".join(f'r."{each}" = NEW."{each}"' for each in columns) for columns in (("id",), *unique)]
    taken = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" r WHERE {each})' for each in same_row)
    step = refuse(name, table, on="INSERT", when=taken, says=f"UNIQUE constraint failed: {table} has this row")
    made, dropped = step.make, step.drop

    def make(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            made(schema_editor)

    def drop(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            dropped(schema_editor)

    return InDatabase(make, drop)


def only_moves(table: str, column: str, moves: Iterable[tuple[str, str]]) -> list[InDatabase]:
    """The column takes only the moves given; staying is no move."""
    allowed = " OR ".join(f'(OLD."{column}" = {_text(a)} AND NEW."{column}" = {_text(b)})' for a, b in moves)
    return [
        refuse(
            f"{table}_{column}_moves",
            table,
            on="UPDATE",
            when=f'OLD."{column}" <> NEW."{column}" AND NOT ({allowed})',
            says=f"{table}: no such move",
        )
    ]


def refuse_changes(
    name: str, table: str, *, when: str, says: str, on: Sequence[str] = ("UPDATE", "DELETE")
) -> list[InDatabase]:
    """Changes are refused while a condition holds."""
    return [refuse(f"{name}_{each.lower()}", table, on=each, when=when, says=says) for each in on]


def _text(value: str) -> str:
    assert value.replace("_", "").isalnum(), value
    return f"'{value}'"
