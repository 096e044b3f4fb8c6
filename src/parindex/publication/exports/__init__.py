"""The files of a publication, format by format. A new format is one file here and one line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.publication.exports import csv, explanations, frictionless, heads, json, parquet, readme, xlsx
from parindex.publication.release import Release
from parindex.sources import Place

EXTRA_MISSING = ProblemKind(
    "EXTRA-MISSING",
    what=Text("chưa cài thư viện {libraries}.", "{libraries} is not installed."),
    why=Text(
        "Bản công bố có tệp XLSX và Parquet; thư viện này ghi và đọc lại chúng.",
        "A publication has XLSX and Parquet files; this library writes them and reads them back.",
    ),
    remedy=Text('Chạy: pip install "parindex[excel,report]"', 'Run: pip install "parindex[excel,report]"'),
)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how its files are written, and when two of them say the same.

    `write` gives the files by path within the publication. `content` reads a file to values that can be compared,
    where the bytes depend on the library that wrote them; None where the bytes are the content. `wording`: the files
    hold sentences of this program, which another version of it may say in other words. `needs` names the modules it
    imports that are not always installed.
    """

    write: Callable[[Release], Mapping[str, bytes]]
    content: Callable[[bytes], object] | None = None
    wording: bool = False
    needs: tuple[str, ...] = ()


FORMATS: Mapping[str, Format] = {
    "csv": Format(csv.files),
    "json": Format(json.files),
    "parquet": Format(parquet.files, content=parquet.content, needs=("pyarrow",)),
    "xlsx": Format(xlsx.files, content=xlsx.content, wording=True, needs=("xlsxwriter", "python_calamine")),
    "frictionless": Format(frictionless.files, wording=True),
    "explanations": Format(explanations.files, wording=True),
    "readme": Format(readme.files, wording=True),
    "record": Format(heads.files),
}


def require(formats: Iterable[Format]) -> None:
    """Raise `ProblemsFound` when a library that one of the formats needs is not installed."""
    missing = [name for each in formats for name in each.needs if find_spec(name) is None]
    problems = Problems()
    if missing:
        problems.add(EXTRA_MISSING, Place(""), libraries=", ".join(missing))
    problems.raise_if_any()
