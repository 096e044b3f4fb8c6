"""Opening an uploaded file where it can do no harm: in a child process without room for more than its task.

A signed copy is a PDF or a picture made by anybody. Libraries that open such files have been crashed, and made to run
for hours or take all memory. So a child opens it, with little memory, little time and no right to write a file; it
answers in JSON and ends. A new interpreter for each file (0.3 to 1 second): signed copies are few, unlike workbooks.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

MEMORY_BYTES: Final = 1_000_000_000
"""Address space beside the file itself: libraries take 200 MB of it, the largest picture 500."""
CPU_SECONDS: Final = 20
WALL_SECONDS: Final = 45
REPLY_BYTES: Final = 1_000_000

TASKS: Final = ("paper_code", "paper_signature")
"""Modules of this package whose `load` imports what they need and whose `read` opens a file."""

Failure = Literal["time", "memory", "broken"]

# Isolated (-I): neither the current folder nor PYTHON* variables decide what is imported.
_PROGRAM: Final = (
    "import json, sys; own, *rest = json.loads(sys.argv[1]); "
    "sys.path[:] = [own, *sys.path, *(p for p in rest if p not in sys.path)]; "
    "from parindex_web.collect.confined import child; child(sys.argv[2], sys.argv[3])"
)
_OUT_OF_MEMORY, _FAILED = 3, 4
_TURNS = threading.BoundedSemaphore(2)
"""Children of one process of the server at a time: more would only share the same processors and memory."""


class Unopened(Exception):
    """The child gave no answer: it took too long, wanted too much memory, or fell over the file."""

    def __init__(self, why: Failure):
        super().__init__(why)
        self.why: Failure = why


def ask(task: str, file: Path, asked: Mapping[str, object]) -> dict[str, Any]:
    """What `task` says of the file. Raises Unopened."""
    folders = [str(Path(__file__).resolve().parents[2]), *(os.path.abspath(path) for path in sys.path if path)]
    command = [sys.executable, "-I", "-B", "-c", _PROGRAM, json.dumps(folders), task, json.dumps(asked)]
    if not _TURNS.acquire(timeout=WALL_SECONDS):
        raise Unopened("time")
    try:
        with file.open("rb") as content:
            try:
                done = subprocess.run(
                    command,
                    stdin=content,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    timeout=WALL_SECONDS,
                    check=False,
                    env={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
                )
            except subprocess.TimeoutExpired:
                raise Unopened("time") from None
    finally:
        _TURNS.release()
    if done.returncode == 0 and len(done.stdout) <= REPLY_BYTES:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    raise Unopened(_why(done.returncode))


def _why(code: int) -> Failure:
    if code == -signal.SIGXCPU:
        return "time"
    # The system kills where memory is short for all; libraries in C abort when they get none.
    if code in (_OUT_OF_MEMORY, -signal.SIGKILL, -signal.SIGABRT):
        return "memory"
    if code < 0 or code in (0, _FAILED):
        return "broken"
    # Not the fault of the file: a library is missing, for instance.
    raise RuntimeError(f"the process that opens signed copies ended with {code} before it opened anything")


def child(task: str, asked: str) -> None:
    """The whole life of the child. Its standard input is the file, which it may only read."""
    if task not in TASKS:
        raise AssertionError(task)
    module = importlib.import_module(f"parindex_web.collect.{task}")
    module.load()
    _confine(os.fstat(0).st_size)
    read: Callable[[BinaryIO, Mapping[str, Any]], dict[str, Any]] = module.read
    code = _FAILED
    try:
        answer = json.dumps(read(sys.stdin.buffer, json.loads(asked))).encode("ascii")
        while answer:
            answer = answer[os.write(1, answer) :]
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    finally:
        # At once: libraries in C are not asked to tidy up after a file that may have confused them.
        os._exit(code)


def _confine(size: int) -> None:
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES + size),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        # Some systems know a limit but do not let it be set (memory on macOS); the others still hold.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most + 1 if what == resource.RLIMIT_CPU else most))
