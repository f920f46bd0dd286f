"""What the names in a marker mean."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kerasfix.catalogue import Catalogue

RULE: Final = "unused-suppression"


class Known:
    """The rules and families that a marker can name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.rules = frozenset((*catalogue.rules, RULE))
        self._families = catalogue.families

    def resolve(self, name: str) -> frozenset[str]:
        """The rules that a name stands for; none for an unknown name."""
        return frozenset((name,)) if name in self.rules else frozenset(self._families.get(name, ()))

    def nearest(self, name: str) -> str | None:
        """The rule or family that somebody may have meant."""
        near = get_close_matches(name, sorted({*self.rules, *self._families}), n=1)
        return near[0] if near else None
