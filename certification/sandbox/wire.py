"""The messages between the web process, the server and the process that examines a file.

A request is two blocks, options (JSON) and the file. The answer is JSON up to the end of the
stream. Nothing is ever unpickled, because what comes out of the sandbox is as untrusted as the file
that went in.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from typing import Any

LONGEST_ANSWER = 8 << 20
_LENGTHS = struct.Struct(">II")


def send_question(stream: socket.socket, options: dict[str, Any], data: bytes) -> None:
    """Send *options* and *data*."""
    head = json.dumps(options).encode()
    stream.sendall(_LENGTHS.pack(len(head), len(data)) + head)
    stream.sendall(data)


def receive_question(stream: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Return what `send_question` sent. Raises `EOFError` if the other side closed the connection."""
    head, length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    options = json.loads(_exactly(stream, head))
    return options, bytes(_exactly(stream, length))


def receive_answer(stream: socket.socket) -> dict[str, Any] | None:
    """Return the answer, or None if there is none or it isn't a JSON object. Raises `TimeoutError`
    as the socket does.
    """
    parts, size = [], 0
    # A process that ended before it had read all of the question resets the connection; what was
    # answered for it is still there.
    with contextlib.suppress(ConnectionResetError):
        while piece := stream.recv(1 << 16):
            size += len(piece)
            if size > LONGEST_ANSWER:
                return None
            parts.append(piece)
    try:
        answer = json.loads(b"".join(parts))
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _exactly(stream: socket.socket, length: int) -> bytearray:
    data = bytearray(length)
    view = memoryview(data)
    while view:
        count = stream.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data
