"""What a customer's answer asks for: a button's payload, or words to be left alone."""

import re
import unicodedata

PAID, PROMISE, PROBLEM, STOP = "paid", "promise", "problem", "stop"
PURPOSES = (PAID, PROMISE, PROBLEM, STOP)
# Day choices after *I promise to pay*: offset in days.
PROMISE_DAYS = (1, 3, 7)
_PAYLOAD = re.compile(r"collections:(paid|promise|problem|stop)(?::(\d{1,3}))?")
# The whole message, nothing else: "no puedo parar ahora" asks for nothing.
_STOP_WORDS = {
    *("stop", "baja", "salir", "alto", "cancelar", "parar", "sair", "pare"),
    *("no recibir", "no escribir", "dar de baja", "darme de baja", "unsubscribe"),
    *("no me escriban", "no me escriba", "stop all", "descadastrar", "remover"),
    *("no quiero recibir mensajes", "nao quero receber mensagens"),
}


def payload(purpose: str, days: int | None = None) -> str:
    """Return what a button carries.

    >>> payload("promise"), payload("promise", 3)
    ('collections:promise', 'collections:promise:3')
    """
    return f"collections:{purpose}" + ("" if days is None else f":{days}")


def read_payload(text: str) -> tuple[str | None, int | None]:
    """Return the purpose of a button that was pressed, and the days it chose.

    >>> read_payload("collections:promise:7"), read_payload("Unsubscribe")
    (('promise', 7), (None, None))
    """
    match = _PAYLOAD.fullmatch(text or "")
    if not match:
        return None, None
    return match[1], None if match[2] is None else int(match[2])


def plain(text: str) -> str:
    """Return a text in small letters without accents and signs.

    >>> plain(" ¡Não  quero! ")
    'nao quero'
    """
    letters = unicodedata.normalize("NFKD", (text or "")[:4096].lower())
    letters = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", letters))


def asks_to_stop(text: str) -> bool:
    """Tell whether a message is one of the words to be left alone.

    >>> asks_to_stop("¡BAJA!"), asks_to_stop("No puedo parar la orden de baja")
    (True, False)
    """
    return plain(text) in _STOP_WORDS
