"""The process that stays warm: it forks once for each workbook and never opens one itself.

Started by `warm_servers` with a socket as standard input; ends when that socket closes. One request at a time:
a header with the limits and the bytes of the workbook; the answer is an outcome, the processor seconds it took and
what the child wrote. Not `multiprocessing`: its fork server imports the main module of its user again, so that a
script without a `__main__` guard would run twice.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import socket
import time
from contextlib import suppress
from typing import NoReturn

from parindex.workbooks import refusals
from parindex.workbooks.cells import Limits
from parindex.workbooks.contents import read_contents
from parindex.workbooks.framing import Header, receive, send
from parindex.workbooks.refusals import Finding, Refused, shown
from parindex.workbooks.reply import encode_book, encode_findings

# What a child may write. The cells of `Limits.cells` fit many times; one long text repeated in each does not.
REPLY_BYTES = 64_000_000

_OUT_OF_MEMORY, _FAILED = 3, 4


def main() -> None:
    with socket.socket(fileno=os.dup(0)) as connection:
        _warm_up()
        send(connection, {"outcome": "ready"})
        while (request := receive(connection)) is not None:
            began = time.process_time()
            header, content = request
            limits = Limits(**header["limits"])  # type: ignore[arg-type]  # written by our own parent
            answer, body = _in_a_child(content, limits, connection)
            del request, content
            spent = time.process_time() - began
            answer["cpu_seconds"] = float(answer["cpu_seconds"]) + spent  # type: ignore[arg-type]
            send(connection, answer, body)


def _warm_up() -> None:
    """Do once what every child would otherwise do again: imports and tables made on first use."""
    import datetime
    import encodings.cp437  # noqa: F401  names in ZIP files

    import python_calamine  # noqa: F401

    datetime.datetime.fromisoformat("2024-01-01T00:00:00")
    gc.collect()
    gc.freeze()  # so that the collector of a child does not touch, and thereby copy, every page


def _in_a_child(content: bytes, limits: Limits, connection: socket.socket) -> tuple[Header, bytes]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        connection.close()
        _child(content, limits, writing)
    os.close(writing)
    body = bytearray()
    late = True
    try:
        late = not _collect(reading, body, connection, time.monotonic() + limits.wall_seconds)
    finally:
        os.close(reading)
        # A child at the end of its pipe has ended or is ending, and keeps the status it ends with.
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
    cpu = usage.ru_utime + usage.ru_stime
    code = os.waitstatus_to_exitcode(status)
    too_much = len(body) > REPLY_BYTES
    if too_much:
        outcome = "too much"
    elif late or code == -signal.SIGXCPU or (code == -signal.SIGKILL and cpu >= limits.cpu_seconds):
        outcome = "too long"
    elif code in (_OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
        # calamine aborts when it gets no memory, and the system kills where memory is short for all.
        outcome = "memory"
    else:
        outcome = "answered" if code == 0 else "died"
    return {"outcome": outcome, "cpu_seconds": cpu, "code": code}, bytes(body) if outcome == "answered" else b""


def _collect(reading: int, body: bytearray, connection: socket.socket, deadline: float) -> bool:
    """Read what the child writes, to its end (True), to more than may be, or to the deadline (False)."""
    poll = select.poll()
    poll.register(reading, select.POLLIN | select.POLLHUP)
    poll.register(connection, select.POLLIN | select.POLLHUP)
    while (left := deadline - time.monotonic()) > 0:
        for handle, _ in poll.poll(left * 1000):
            if handle != reading:
                raise SystemExit  # nobody waits for this answer any more
            chunk = os.read(reading, 1 << 20)
            if not chunk:
                return True
            body += chunk
            if len(body) > REPLY_BYTES:
                return True
    return False


def _child(content: bytes, limits: Limits, writing: int) -> NoReturn:
    code = _FAILED
    try:
        gc.disable()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        _confine(limits)
        try:
            answer = encode_book(read_contents(content, limits))
        except BaseException as fault:  # calamine's errors and panics, and what nobody foresaw: all mean unreadable
            if _comes_from_memory(fault):
                raise MemoryError from fault
            if isinstance(fault, Refused):
                answer = encode_findings(fault.findings)
            else:
                detail = shown(f"{type(fault).__name__}: {fault}", 120)
                answer = encode_findings((Finding(refusals.UNREADABLE, {"detail": detail}),))
        view = memoryview(answer)
        while view:
            view = view[os.write(writing, view) :]
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    finally:
        os._exit(code)


def _comes_from_memory(fault: BaseException | None) -> bool:
    """Whether `fault`, or one it was raised while handling, is a lack of memory (`zipfile` hides it at its end)."""
    while fault is not None:
        if isinstance(fault, MemoryError):
            return True
        fault = fault.__context__
    return False


def _confine(limits: Limits) -> None:
    for what, soft, hard in (
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 16, 16),
    ):
        # Some systems know a limit but do not let it be set (memory on macOS); the others still hold.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (soft, hard))
