"""Fork servers kept warm by this process: started when first needed, lent to one reader at a time, ended with it."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from parindex.workbooks.framing import Header, receive, send

_START_SECONDS = 60

# Isolated (-I): neither the current folder, which may hold files that people sent, nor PYTHON* variables decide what
# is imported; then the folders this process imports from, after the interpreter's own.
_PROGRAM = (
    "import json, sys; sys.path += [p for p in json.loads(sys.argv[1]) if p not in sys.path]; "
    "from parindex.workbooks.fork_server import main; main()"
)


class ServerGone(Exception):
    """The fork server ended before it answered."""


class ServerLate(ServerGone):
    """The fork server did not answer in time, though it stops a child that is late."""


class WarmServer:
    """One fork server, started and ready. Raises RuntimeError when it does not start."""

    def __init__(self) -> None:
        if not hasattr(os, "fork"):
            raise RuntimeError("workbooks are read only where a process can be forked: Linux, macOS, WSL")
        folders = [str(Path(__file__).resolve().parents[2]), *(os.path.abspath(path) for path in sys.path if path)]
        self._connection, theirs = socket.socketpair()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-B", "-c", _PROGRAM, json.dumps(folders)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C reaches this process, which then ends the server
                )
            self._connection.settimeout(_START_SECONDS)
            if receive(self._connection) is None:
                raise RuntimeError(
                    "the process that reads workbooks did not start; is python-calamine installed (parindex[excel])?"
                )
        except BaseException:
            self.stop()
            raise

    def ask(self, header: Header, content: bytes, seconds: float) -> tuple[Header, bytes]:
        """Raises `ServerGone`; the server is then of no use any more."""
        try:
            self._connection.settimeout(seconds)
            send(self._connection, header, content)
            answer = receive(self._connection)
        except TimeoutError as fault:
            raise ServerLate from fault
        except (OSError, ValueError) as fault:
            raise ServerGone from fault
        if answer is None:
            raise ServerGone
        return answer

    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Closing the socket ends the server, and with it a child at work."""
        self._connection.close()
        if self._process is None:
            return
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """In a forked copy of this process: let go of a server that belongs to the original."""
        self._connection.close()
        if self._process is not None:
            self._process.returncode = 0  # not ours to wait for


class _Pool:
    """Idle servers. Thread-safe; not shared across a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[WarmServer] = []

    @contextmanager
    def lend(self) -> Iterator[WarmServer]:
        """A server for one question. It comes back unless the block raised; then it is stopped."""
        server = self._idle_one() or WarmServer()
        try:
            yield server
        except BaseException:
            server.stop()
            raise
        with self._lock:
            keep = len(self._idle) < (os.cpu_count() or 1)
            if keep:
                self._idle.append(server)
        if not keep:
            server.stop()

    def _idle_one(self) -> WarmServer | None:
        """An idle server that has not been ended meanwhile (by a system short of memory, say)."""
        with self._lock:
            while self._idle:
                server = self._idle.pop()
                if server.lives():
                    return server
                server.stop()
        return None

    def stop_all(self) -> None:
        with self._lock:
            servers, self._idle = self._idle, []
        for server in servers:
            server.stop()

    def forget_all(self) -> None:
        self._lock = threading.Lock()
        for server in self._idle:
            with suppress(OSError):
                server.forget()
        self._idle = []


_pool = _Pool()
lend = _pool.lend
stop_all = _pool.stop_all
atexit.register(stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.forget_all)
