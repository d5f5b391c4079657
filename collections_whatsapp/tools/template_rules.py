"""Meta's own rules for a template, checked before it is submitted.

A rejected template costs a day; each complaint names what to mend. Codes, not
sentences: the words are the caller's, in the user's language.
"""

import re

from .payloads import variables

NAME = re.compile(r"[a-z0-9_]{1,512}")
LONGEST_BODY = 1024
LONGEST_HEADER = LONGEST_FOOTER = 60
LONGEST_BUTTON = 25
MOST_BUTTONS = 10
TTL_RANGE = (30, 43_200)  # seconds
# Words for each variable that a body has at least.
_WORDS_PER_VARIABLE = 3
_BRACES = re.compile(r"\{\{|\}\}")
_GOOD_VARIABLE = re.compile(r"\{\{\d+\}\}")
# First-party reminders threaten nobody and look like no court: messages that do are
# rejected, and in several countries forbidden.
_THREATS = re.compile(
    r"\b(embarg\w+|demanda judicial|acci[oó]n(?:es)? legal(?:es)?|judicial\w*|juzgado"
    r"|abogad\w+|polic[ií]a|c[aá]rcel|lawsuit|legal action|attorney|court|seizure"
    r"|a[cç][aã]o judicial|advogad\w+|penhora|bur[oó] de cr[eé]dito|datacr[eé]dito"
    r"|serasa|spc)\b",
    re.IGNORECASE,
)
# What makes a utility message an offer.
_OFFERS = re.compile(
    r"\b(descuento\w*|promoci[oó]n\w*|oferta\w*|discount\w*|promo\w*|desconto\w*|cup[oó]n)\b",
    re.IGNORECASE,
)


def complaints(
    name: str,
    body: str,
    examples: list[str],
    *,
    category: str = "UTILITY",
    header: str = "",
    footer: str = "",
    buttons: list[str] = (),
    ttl: int | None = None,
) -> list[str]:
    """Return the codes of what Meta, or the law, would not accept.

    :param examples: of the body's variables, in their order
    :param buttons: their labels

    >>> complaints("due_v1", "Hello {{1}}, your invoice is due.", ["Ana"])
    []
    >>> complaints("Due v1", "{{1}} is due", ["F-1"])
    ['name', 'variable_at_edge', 'too_many_variables']
    """
    found = [
        ("name", not NAME.fullmatch(name or "")),
        *_body_complaints(body or "", examples),
        ("header_length", len(header or "") > LONGEST_HEADER),
        ("header_variables", has_variables(header)),
        ("footer_length", len(footer or "") > LONGEST_FOOTER),
        ("footer_variables", has_variables(footer)),
        ("button_count", len(buttons) > MOST_BUTTONS),
        ("button_length", any(not 0 < len(b) <= LONGEST_BUTTON for b in buttons)),
        ("button_twice", len(set(buttons)) < len(buttons)),
        ("ttl", bool(ttl) and not TTL_RANGE[0] <= ttl <= TTL_RANGE[1]),
        ("threat", bool(_THREATS.search(" ".join([body, header or "", footer or ""])))),
        ("offer", category == "UTILITY" and bool(_OFFERS.search(body or ""))),
    ]
    return [code for code, wrong in found if wrong]


def has_variables(text: str | None) -> bool:
    """Tell whether a text has places to be filled, of whatever kind.

    >>> has_variables("Due: {{amount}}"), has_variables("Due"), has_variables(None)
    (True, False, False)
    """
    return bool(_BRACES.search(text or ""))


def obstacles(body: str) -> list[str]:
    """Return the codes of why a text cannot be filled by number.

    >>> obstacles("Hello {{name}}, thank you"), obstacles("Hello {{1}}, thank you")
    (['variable_form'], [])
    """
    numbers = variables(body)
    found = [
        ("variable_form", has_variables(_GOOD_VARIABLE.sub("", body))),
        ("variable_numbers", numbers != list(range(1, len(numbers) + 1))),
    ]
    return [code for code, wrong in found if wrong]


def _body_complaints(body: str, examples: list[str]) -> list[tuple[str, bool]]:
    numbers = variables(body)
    words = [word for word in body.split() if "{{" not in word]
    text = body.strip()
    return [
        ("body_empty", not text),
        ("body_length", len(body) > LONGEST_BODY),
        *((code, True) for code in obstacles(body)),
        (
            "variable_at_edge",
            bool(re.match(r"\{\{", text) or re.search(r"\}\}\W*$", text)),
        ),
        ("too_many_variables", len(words) < _WORDS_PER_VARIABLE * len(numbers)),
        ("examples", len([value for value in examples if value]) < len(numbers)),
        ("spaces", bool(re.search(r" {5,}|\t|\n{3,}", body))),
    ]
