"""Does an answer say that its author wants no more messages?"""

import re
import unicodedata

WORDS = {"stop", "baja", "salir", "alto", "unsubscribe"}
COURTESY = {"por", "favor", "please", "gracias", "thanks", "thank", "you"}
# Where an answer ends and the message begins that it quotes.
QUOTE = re.compile(
    r"^\s*(>|-{2,}\s*\w|_{5,}|On .+ wrote:|El .+ escribi|(From|De|Sent|Enviado)\s*:)",
    re.IGNORECASE,
)


def wants_out(text: str | None) -> bool:
    """Tell whether the first line of an answer is one of the words, and nothing else.

    >>> wants_out("BAJA, por favor.\\n\\nAna"), wants_out("Pagué la baja en enero")
    (True, False)
    >>> wants_out("> STOP"), wants_out("Alto ahí, ya pagué")
    (False, False)
    """
    for line in (text or "").splitlines():
        if QUOTE.match(line):
            return False
        words = re.findall(r"\w+", _plain(line))
        if words:
            said = [word for word in words if word not in COURTESY]
            return len(said) == 1 and said[0] in WORDS
    return False


def _plain(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
