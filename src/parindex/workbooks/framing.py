"""Messages between this process and the fork server: a JSON header and bytes, each with its length before it."""

from __future__ import annotations

import json
import socket
import struct

_LENGTHS = struct.Struct("!II")

Header = dict[str, object]


def send(connection: socket.socket, header: Header, body: bytes = b"") -> None:
    head = json.dumps(header).encode("ascii")
    connection.sendall(_LENGTHS.pack(len(head), len(body)) + head)
    if body:
        connection.sendall(body)


def receive(connection: socket.socket) -> tuple[Header, bytes] | None:
    """The next message, or None when the other side is gone. Raises TimeoutError where a timeout is set."""
    lengths = _exactly(connection, _LENGTHS.size)
    if lengths is None:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head = _exactly(connection, head_length)
    body = _exactly(connection, body_length)
    if head is None or body is None:
        return None
    header = json.loads(head)
    return header, bytes(body)


def _exactly(connection: socket.socket, length: int) -> bytearray | None:
    content = bytearray(length)
    view = memoryview(content)
    filled = 0
    while filled < length:
        try:
            count = connection.recv_into(view[filled:])
        except ConnectionError:
            return None
        if count == 0:
            return None
        filled += count
    return content
