"""What a bank's label says: words, numbers, and names written carelessly.

``difflib`` compares word by word: an index of words has left few customers by then,
so a faster library would bring nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

# Words alike from this ratio on: one letter wrong, missing or too much.
WORD_FITS = 0.83
# Shorter ends of numbers, and words, name too many.
SHORTEST_TAIL = 4
# Legal forms and the words of transfers, which name nobody.
EMPTY = """
    sa sac srl ltda limitada spa sas cia compania eirl inc llc ltd corp de del la las
    los el y e en por para a cv rl sapi transferencia transf transfer deposito dep
    abono pago pagos payment from to ref factura fact fac invoice inv nro num cta
    cuenta efectivo cheque banco bank ach spei cce cliente
"""
EMPTY_WORDS = frozenset(EMPTY.split())


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Return a text without accents, case and punctuation.

    >>> plain("Cía. Ñandú & Hijos, S.A.")
    'cia nandu hijos sa'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    # S.A. is one word.
    return " ".join(
        re.findall(r"[a-z0-9]+", re.sub(r"(?<=\b\w)\.(?=\w\b)", "", letters))
    )


def squeezed(text: str) -> str:
    """Return the letters and digits of a number as one word.

    >>> squeezed("F001-00001234")
    'f00100001234'
    """
    return plain(text).replace(" ", "")


def words(text: str) -> tuple[str, ...]:
    """Return the words that may name somebody."""
    return tuple(
        word
        for word in plain(text).split()
        if len(word) > 2 and word not in EMPTY_WORDS and not word.isdigit()
    )


def tail(number: str) -> str:
    """Return the last digits of a document number, or nothing if too few.

    >>> tail("F001-00001234"), tail("INV/2024/00012")
    ('1234', '')
    """
    groups = re.findall(r"\d+", number)
    last = groups[-1].lstrip("0") if groups else ""
    return last if len(last) >= SHORTEST_TAIL else ""


def label_keys(label: str) -> tuple[set[str], set[str]]:
    """Return what in a label may be a document: whole numbers, and last digits."""
    chunks = [chunk for chunk in label.split() if any(c.isdigit() for c in chunk)]
    whole = {squeezed(chunk) for chunk in chunks}
    digits = {
        group.lstrip("0") for chunk in chunks for group in re.findall(r"\d+", chunk)
    }
    return whole, {group for group in digits if len(group) >= SHORTEST_TAIL}


def name_share(name: Sequence[str], text: Sequence[str]) -> float:
    """Return which share of a name's letters a text has, typing errors forgiven.

    >>> round(name_share(("comercial", "andina"), ("comercial", "andyna", "lima")), 2)
    1.0
    """
    letters = sum(map(len, name))
    if not letters:
        return 0.0
    found = sum(
        len(word) for word in name if any(_alike(word, other) for other in text)
    )
    return found / letters


def _alike(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) < SHORTEST_TAIL or abs(len(word) - len(other)) > 2:
        return False
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= WORD_FITS
