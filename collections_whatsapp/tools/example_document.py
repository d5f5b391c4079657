"""The document that WhatsApp's reviewers see: nobody's data."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

_LEFT, _TOP, _LINE = 72, 760, 22  # points


def pdf(title: str, lines: list[str]) -> bytes:
    """Return a PDF of one page with a title and lines of text; always the same bytes.

    >>> pdf("Statement", ["F-001"])[:5]
    b'%PDF-'
    """
    content = io.BytesIO()
    page = canvas.Canvas(content, pagesize=A4, invariant=1)
    page.setTitle(title)
    page.setFont("Helvetica-Bold", 18)
    page.drawString(_LEFT, _TOP, title)
    page.setFont("Helvetica", 11)
    for number, line in enumerate(lines, 2):
        page.drawString(_LEFT, _TOP - number * _LINE, line)
    page.save()
    return content.getvalue()
