"""Reading workbooks: this process looks at size and signature, a child of a warm server does the rest."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from parindex.language import nfc
from parindex.problems import Problem, ProblemsFound
from parindex.sources import Place, digest_of
from parindex.workbooks import refusals
from parindex.workbooks.cells import Limits, Workbook
from parindex.workbooks.package import refuse_by_first_bytes
from parindex.workbooks.refusals import Finding, Refused
from parindex.workbooks.reply import decode
from parindex.workbooks.warm_servers import ServerGone, ServerLate, lend

NamedFile = tuple[str, bytes | Path] | Path

_DEFAULT = Limits()
_GRACE_SECONDS = 10  # for the server to notice and stop a child that is over its time


class Readings(Iterator[Workbook | tuple[Problem, ...]]):
    """The workbooks in the order of their files, each read or refused when asked for.

    `cpu_seconds` is the processor time spent outside this process until now: children and servers at work, without
    the start of the servers.
    """

    def __init__(self, files: Iterable[NamedFile], limits: Limits, workers: int):
        self.cpu_seconds = 0.0
        self._results = self._one_by_one(files, limits) if workers <= 1 else self._together(files, limits, workers)

    def __next__(self) -> Workbook | tuple[Problem, ...]:
        result, seconds = next(self._results)
        self.cpu_seconds += seconds
        return result

    @staticmethod
    def _one_by_one(files: Iterable[NamedFile], limits: Limits) -> Iterator[_Outcome]:
        for file in files:
            yield _read(file, limits)

    @staticmethod
    def _together(files: Iterable[NamedFile], limits: Limits, workers: int) -> Iterator[_Outcome]:
        from concurrent.futures import Future, ThreadPoolExecutor

        # No more than twice as many as are at work wait in memory.
        waiting: deque[Future[_Outcome]] = deque()
        with ThreadPoolExecutor(workers) as threads:
            try:
                for file in files:
                    waiting.append(threads.submit(_read, file, limits))
                    if len(waiting) >= 2 * workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()


_Outcome = tuple[Workbook | tuple[Problem, ...], float]


def read_workbooks(files: Iterable[NamedFile], *, limits: Limits = _DEFAULT, workers: int = 1) -> Readings:
    """Read many workbooks, in order: for each a `Workbook`, or the problems why it is not read.

    A file is a path, called by its last part, or (name, bytes or path), called `name` in every place.
    `workers` is how many are read at once. Never raises for what a file holds.
    """
    return Readings(files, limits, workers)


def read_workbook(name: str, content: bytes | Path, *, limits: Limits = _DEFAULT) -> Workbook:
    """Read one workbook. Raises ProblemsFound, with every place naming the file `name`."""
    result, _ = _read((name, content), limits)
    if isinstance(result, Workbook):
        return result
    raise ProblemsFound(result)


def _read(file: NamedFile, limits: Limits) -> _Outcome:
    name, source = (file.name, file) if isinstance(file, Path) else file
    name = nfc(name)
    try:
        content = _content(source, limits) if isinstance(source, Path) else source
        refuse_by_first_bytes(content, limits)
        return _read_in_child(name, content, limits)
    except OSError as fault:
        return _problems(name, Finding(refusals.UNOPENED, {"detail": fault.strerror or str(fault)})), 0.0
    except Refused as refused:
        return _problems(name, *refused.findings), 0.0


def _content(path: Path, limits: Limits) -> bytes:
    """The bytes of a plain file, and no more of a larger one than shows that it is too large."""
    # O_NONBLOCK: a named pipe in an upload folder must not hold the reader.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "not a plain file")
        if found.st_size > limits.file_bytes:
            values = {"size": refusals.megabytes(found.st_size), "limit": refusals.megabytes(limits.file_bytes)}
            raise Refused(Finding(refusals.TOO_LARGE, values))
        return file.read(limits.file_bytes + 1)


def _read_in_child(name: str, content: bytes, limits: Limits) -> _Outcome:
    seconds = limits.wall_seconds + _GRACE_SECONDS
    request: dict[str, object] = {"limits": asdict(limits)}
    for attempt in (1, 2):
        try:
            with lend() as server:
                header, body = server.ask(request, content, seconds)
            break
        except ServerLate:
            return _problems(name, Finding(refusals.TOO_LONG, {"seconds": int(limits.wall_seconds)})), 0.0
        except ServerGone:
            # Only a system short of memory ends a server: once more with another.
            if attempt == 2:
                return _problems(name, Finding(refusals.MEMORY)), 0.0
    outcome = header["outcome"]
    spent = float(str(header["cpu_seconds"]))
    if outcome == "answered":
        try:
            answer = decode(body, name)
        except ValueError as fault:
            return _problems(name, Finding(refusals.UNREADABLE, {"detail": str(fault)})), spent
        if answer.problems:
            return answer.problems, spent
        workbook = Workbook(name, digest_of(content), answer.sheets, answer.properties, answer.custom_properties, spent)
        return workbook, spent
    findings = {
        "too long": Finding(refusals.TOO_LONG, {"seconds": limits.cpu_seconds}),
        "too much": Finding(refusals.TOO_MUCH, {"limit": limits.cells}),
        "memory": Finding(refusals.MEMORY),
    }
    died = Finding(refusals.UNREADABLE, {"detail": f"exit {header.get('code')}"})
    return _problems(name, findings.get(str(outcome), died)), spent


def _problems(name: str, *findings: Finding) -> tuple[Problem, ...]:
    return tuple(
        Problem(found.kind, Place(name, sheet=found.sheet, cell=found.cell), found.values) for found in findings
    )
