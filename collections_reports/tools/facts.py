"""Figures that are read once, and only when somebody asks for them."""

from collections.abc import Callable, Mapping
from typing import Any


class Facts:
    """What a period is made of: each reader is called at most once.

    >>> facts = Facts({"days": 90}, {"sales": lambda: 250})
    >>> facts.sales, facts.request["days"]
    (250, 90)
    """

    def __init__(self, request: Mapping, readers: Mapping[str, Callable[[], Any]]):
        self.request = request
        self._readers = readers

    def __getattr__(self, name: str) -> Any:
        try:
            reader = self.__dict__["_readers"][name]
        except KeyError:
            raise AttributeError(name) from None
        value = reader()
        setattr(self, name, value)
        return value
