"""QR codes as small black and white images, without a library that draws pixels."""

import base64
import struct
import zlib
from collections.abc import Sequence

from reportlab.graphics.barcode.qr import QrCodeWidget

# Pixels of a module: sharp on paper, and still small.
SCALE = 4
QUIET = 2


def data_uri(text: str) -> str:
    """Return an image for the ``src`` of an ``img``.

    >>> data_uri("https://example.com/pay")[:32]
    'data:image/png;base64,iVBORw0KGg'
    """
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    content = png([[bool(module) for module in row] for row in code.modules])
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def png(modules: Sequence[Sequence[bool]]) -> bytes:
    """Return a square of modules, true is black, as a PNG of one bit a pixel."""
    size = (len(modules) + 2 * QUIET) * SCALE
    empty = [False] * len(modules)
    padding = [empty] * QUIET
    lines = b"".join(
        (b"\0" + _line(row, size)) * SCALE for row in [*padding, *modules, *padding]
    )
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _line(row: Sequence[bool], size: int) -> bytes:
    """Return the bits of a line; white is 1."""
    quiet = [False] * QUIET
    bits = "".join(("0" if black else "1") * SCALE for black in [*quiet, *row, *quiet])
    length = (size + 7) // 8
    return int(bits.ljust(length * 8, "1"), 2).to_bytes(length, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
    )
