"""What the commands of surveys share: where results go, how figures and counts are said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from parindex.cli.speaking import language, out, say

if TYPE_CHECKING:
    from decimal import Decimal

OutFolder = Annotated[Path, typer.Option("--out", help=say("Thư mục ghi kết quả.", "Folder for the results."))]


Word = TypeVar("Word", bound=str)


def one_of(word: str, known: Sequence[Word], option: str) -> Word:
    """The word of an option, if it is one of those known."""
    for each in known:
        if each == word:
            return each
    raise typer.BadParameter(", ".join(known), param_hint=option)


def number(value: Decimal | int | None, decimals: int | None = None) -> str:
    from decimal import Decimal

    from parindex.language import number

    return "–" if value is None else number(Decimal(value), language(), decimals)


def say_set_aside(count: int, folder: Path) -> None:
    if count:
        out(
            say(
                f"Để riêng {count} bản ghi, kèm lý do: {folder / 'set_aside.csv'}",
                f"{count} record{'s' if count > 1 else ''} set aside, with reasons: {folder / 'set_aside.csv'}",
            )
        )
    else:
        out(say("Không bản ghi nào bị để riêng.", "No record was set aside."))
