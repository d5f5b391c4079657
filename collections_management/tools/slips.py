"""What a customer sends as proof of a payment: an image or a PDF, and nothing else."""

MOST_BYTES = 5 * 1024 * 1024

# By what the content begins with: names and declared types say nothing.
SIGNATURES = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
}


def kind(content: bytes) -> str | None:
    """Return the type of a slip, ``None`` for anything that is not one.

    >>> kind(b"%PDF-1.7 ..."), kind(b"<html>"), kind(b"")
    ('pdf', None, None)
    """
    for signature, found in SIGNATURES.items():
        if content.startswith(signature):
            return found
    return None
