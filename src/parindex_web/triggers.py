"""What the database itself refuses, on SQLite and on PostgreSQL: written once, made into triggers by migrations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import migrations


def refuse(name: str, table: str, *, on: str, when: str = "", says: str) -> migrations.RunPython:
    """A migration step: `on` is UPDATE, DELETE or INSERT; `when` an SQL condition over OLD and NEW in both dialects."""

    def make(apps: Any, schema_editor: Any) -> None:
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

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER {name} ON "{table}"')
            schema_editor.execute(f"DROP FUNCTION {name}_says()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")

    return migrations.RunPython(make, drop)


def undone(steps: Sequence[migrations.RunPython]) -> list[migrations.RunPython]:
    """The steps backwards, for a migration that must take locks away to change a table and puts them back after."""
    turned = []
    for step in reversed(steps):
        assert step.reverse_code is not None
        turned.append(migrations.RunPython(step.reverse_code, step.code))
    return turned


def append_only(table: str) -> list[migrations.RunPython]:
    """Rows are put in, and never changed or taken out."""
    return [
        refuse(f"{table}_no_{on.lower()}", table, on=on, says=f"{table} is append-only") for on in ("UPDATE", "DELETE")
    ]


def same(name: str, table: str, columns: Sequence[str], *, when: str = "", says: str) -> migrations.RunPython:
    """The columns stay as they are in every row, or in those that `when` says. No column may hold NULL."""
    changed = " OR ".join(f'OLD."{column}" <> NEW."{column}"' for column in columns)
    return refuse(name, table, on="UPDATE", when=f"({changed})" + (f" AND ({when})" if when else ""), says=says)


def never_emptied(table: str) -> migrations.RunPython:
    """A table with rows is not emptied at one blow: TRUNCATE asks no trigger of rows. SQLite has no such statement."""
    name = f"{table}_not_emptied"

    def make(apps: Any, schema_editor: Any) -> None:
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

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER {name} ON "{table}"')
            schema_editor.execute(f"DROP FUNCTION {name}_says()")

    return migrations.RunPython(make, drop)


def never_replaced(table: str, *unique: tuple[str, ...]) -> migrations.RunPython:
    """INSERT OR REPLACE of SQLite takes the old row away without asking the trigger of DELETE: it is refused here.

    `unique`: the columns that are unique together, beside the id. PostgreSQL asks the trigger of UPDATE.
    """
    name = f"{table}_not_replaced"
    same_row = [" AND ".join(f'r."{each}" = NEW."{each}"' for each in columns) for columns in (("id",), *unique)]
    taken = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" r WHERE {each})' for each in same_row)
    step = refuse(name, table, on="INSERT", when=taken, says=f"UNIQUE constraint failed: {table} has this row")
    assert step.reverse_code is not None
    made, dropped = step.code, step.reverse_code

    def make(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            made(apps, schema_editor)

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            dropped(apps, schema_editor)

    return migrations.RunPython(make, drop)


def only_moves(table: str, column: str, moves: Iterable[tuple[str, str]]) -> list[migrations.RunPython]:
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
) -> list[migrations.RunPython]:
    """Changes are refused while a condition holds."""
    return [refuse(f"{name}_{each.lower()}", table, on=each, when=when, says=says) for each in on]


def _text(value: str) -> str:
    assert value.replace("_", "").isalnum(), value
    return f"'{value}'"
