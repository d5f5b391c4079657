"""SMTP server on 127.0.0.1 that keeps every message as an .eml file.

Usage: mail_sink.py FOLDER. Prints its port, then serves until its standard
input closes: it must not survive the command that started it.
"""

import asyncio
import itertools
import re
import sys
from datetime import datetime, timezone
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP

LARGEST_MESSAGE = 64 * 1024 * 1024


class Folder:
    """aiosmtpd handler: one file per message, named by time, recipient and subject."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope) -> str:
        content = envelope.original_content or envelope.content
        # The envelope says who really gets it, which the headers may not.
        head = f"X-Envelope-From: {envelope.mail_from}\r\n" + "".join(
            f"X-Envelope-To: {recipient}\r\n" for recipient in envelope.rcpt_tos
        )
        name = self._file_name(content, envelope.rcpt_tos)
        hidden = self.path / f".{name}.part"
        hidden.write_bytes(head.encode() + content)
        hidden.rename(self.path / f"{name}.eml")
        return "250 kept"

    def _file_name(self, content: bytes, recipients: list[str]) -> str:
        now = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S-%f")
        headers = BytesHeaderParser(policy=policy.default).parsebytes(content)
        subject = str(headers["subject"] or "")
        words = re.sub(r"[^\w@.-]+", "_", f"{recipients[0]} {subject}").strip("_.")
        return f"{now}-{next(self.numbers):04d}-{words[:80]}"


async def serve(folder: Path) -> None:
    """Listen on a free port until standard input closes."""
    handler = Folder(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=LARGEST_MESSAGE, hostname="localhost"),
        host="127.0.0.1",
        port=0,
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
