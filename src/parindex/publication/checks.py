"""What a verification says: its checks, each held or failed with a problem."""

from __future__ import annotations

from dataclasses import dataclass

from parindex.language import Text
from parindex.problems import Problem, ProblemKind
from parindex.sources import Place


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was held against another. `file` is empty where it concerns the whole folder.

    A problem that is only a notice leaves the check `ok`.
    """

    says: Text
    file: str = ""
    problem: Problem | None = None

    @property
    def ok(self) -> bool:
        return self.problem is None or self.problem.kind.severity == "notice"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked of a folder, in order. Later checks are left out where an earlier one takes their ground away.

    `kind` is "result" or "publication"; `kind`, `version` and `seal` are None where the manifest does not tell.
    """

    folder: str
    kind: str | None
    version: str | None
    seal: str | None
    simulated: bool
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem that makes it fail."""
        return tuple(check.problem for check in self.checks if check.problem is not None and not check.ok)

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What could not be compared, though nothing speaks against it."""
        return tuple(check.problem for check in self.checks if check.problem is not None and check.ok)

    @property
    def failed_files(self) -> tuple[str, ...]:
        """The files that do not hold, each once."""
        return tuple(dict.fromkeys(check.file for check in self.checks if not check.ok))


class Record:
    """The checks of a verification while it runs."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def holds(self, says: Text, file: str = "") -> None:
        self.checks.append(Check(says, file))

    def fails(self, says: Text, kind: ProblemKind, file: str, /, **values: object) -> None:
        self.failed(says, Problem(kind, Place(file), values))

    def failed(self, says: Text, *problems: Problem) -> None:
        self.checks.extend(Check(says, problem.where.file, problem) for problem in problems)
