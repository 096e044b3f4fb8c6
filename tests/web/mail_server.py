"""A mail server for tests that speaks SMTP on loopback, and refuses or hangs up when it is told to."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Callable
from email.message import Message

Answer = Callable[[str, int], str]
"""For (address, number of the letter) what the server does: take, refuse, drop (before) or drop_after it took it."""


class MailServer:
    """Starts at once. `taken`: the letters it has said yes to, or has in hand when it hung up after them."""

    def __init__(self, answer: Answer = lambda address, number: "take"):
        self.answer = answer
        self.taken: list[Message] = []
        self.tried = 0
        mail_server = self

        class Session(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self) -> None:
                self.say("220 test")
                to = ""
                while line := self.rfile.readline().decode().strip():
                    command = line[:4].upper()
                    if command in ("EHLO", "HELO", "MAIL", "RSET", "NOOP"):
                        self.say("250 ok")
                    elif command == "RCPT":
                        to = line[line.index("<") + 1 : line.index(">")]
                        mail_server.tried += 1
                        what = mail_server.answer(to, mail_server.tried)
                        if what == "drop":
                            return
                        self.say("550 no such mailbox" if what == "refuse" else "250 ok")
                    elif command == "DATA":
                        self.say("354 go on")
                        rows = []
                        while (row := self.rfile.readline()) != b".\r\n":
                            rows.append(row[1:] if row.startswith(b"..") else row)
                        mail_server.taken.append(email.message_from_bytes(b"".join(rows)))
                        if what == "drop_after":
                            return
                        self.say("250 taken")
                    elif command == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("502 not known")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Session)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def to(self) -> list[str]:
        return sorted(letter["To"] for letter in self.taken)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
