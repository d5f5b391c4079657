"""A condition in prefix notation, as the tree that a person reads."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

JOIN = {"&": "all", "|": "any", "!": "none"}


class Leaf(NamedTuple):
    """One comparison: field, operator, value."""

    field: str
    operator: str
    value: object


class Group(NamedTuple):
    """``all``, ``any`` or ``none`` of its parts hold."""

    join: str
    parts: tuple


def parse(domain: Sequence) -> Group:
    """Return a domain as a tree, groups of one kind merged.

    >>> parse(["|", ("a", "=", 1), "|", ("b", "=", 2), ("c", "=", 3)]).join
    'any'
    >>> len(parse(["|", ("a", "=", 1), "|", ("b", "=", 2), ("c", "=", 3)]).parts)
    3
    >>> parse([])
    Group(join='all', parts=())
    """
    tokens = iter(domain)
    parts = [_node(token, tokens) for token in tokens]
    if len(parts) == 1 and isinstance(parts[0], Group):
        return parts[0]
    return Group("all", _merge("all", parts))


def leaves(node: Group | Leaf) -> Iterator[Leaf]:
    """Return the comparisons of a tree, from left to right."""
    if isinstance(node, Leaf):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


def _node(token, tokens: Iterator) -> Group | Leaf:
    if not isinstance(token, str):
        return Leaf(*token)
    if token == "!":
        return Group("none", (_node(next(tokens), tokens),))
    join = JOIN[token]
    parts = [_node(next(tokens), tokens), _node(next(tokens), tokens)]
    return Group(join, _merge(join, parts))


def _merge(join: str, parts: Sequence[Group | Leaf]) -> tuple:
    merged = []
    for part in parts:
        if isinstance(part, Group) and part.join == join:
            merged.extend(part.parts)
        else:
            merged.append(part)
    return tuple(merged)
