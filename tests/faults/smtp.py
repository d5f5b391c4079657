"""A mail server on the loopback that misbehaves as its recipients' names say."""

import re
import socketserver
import threading
import time
from collections import Counter

MESSAGE_ID = re.compile(r"^Message-Id: <([-0-9a-f]+)@", re.I | re.M)

HANGS = 5  # seconds, longer than the worker of the test waits


class Server(socketserver.ThreadingTCPServer):
    """Keeps what it accepted; ``on_data`` is called before DATA is answered."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, on_data=None):
        super().__init__(("127.0.0.1", 0), Session)
        self.port = self.server_address[1]
        self.accepted = []  # (first recipient's name, text)
        self.on_data = on_data
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def copies_by_uuid(self):
        """Return how often each reminder was accepted."""
        found = (MESSAGE_ID.search(text) for _name, text in self.accepted)
        return Counter(match.group(1).lower() for match in found)

    def copies(self, name):
        return sum(recipient == name for recipient, _text in self.accepted)


class Session(socketserver.StreamRequestHandler):
    """One connection; ``drop``, ``hang``, ``refused``, ``later`` get their name."""

    def handle(self):
        self._answer("220 ready")
        recipient = ""
        for line in self.rfile:
            verb = line.strip().decode().upper()
            if verb.startswith("RCPT TO:"):
                recipient = verb.partition("<")[2].partition("@")[0].lower()
                self._answer(
                    {"refused": "550 5.1.1 unknown", "later": "451 later"}.get(
                        recipient, "250 ok"
                    )
                )
            elif verb == "DATA":
                if not self._take(recipient):
                    break
            elif verb == "QUIT":
                self._answer("221 bye")
                break
            else:
                self._answer("250 ok")

    def _take(self, recipient):
        """Accept a message; return whether the line stays open."""
        self._answer("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.accepted.append((recipient, b"".join(lines).decode()))
        if recipient == "drop":
            return False
        if recipient == "hang":
            time.sleep(HANGS)
            return False
        if self.server.on_data:
            self.server.on_data(recipient)
        self._answer("250 accepted")
        return True

    def _answer(self, text):
        self.wfile.write(f"{text}\r\n".encode())
