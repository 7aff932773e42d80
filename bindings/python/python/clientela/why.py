"""Why something was decided: a small tree of named reasons with the figures used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from ._views import Shown

__all__ = ["Explanation"]


class Explanation(Shown):
    """The reason of a decision, part of every decision's result.

    >>> why = Explanation.from_json('{"reason": "campaign.excluded", "because": '
    ...                             '[{"reason": "consent.missing", "facts": [{"name": "purpose", "value": "marketing"}]}]}')
    >>> print(why)
    campaign.excluded
      consent.missing (purpose: marketing)
    >>> why.mentions("consent.missing"), why.value("purpose")
    (True, 'marketing')
    """

    __slots__ = ("because", "facts", "reason")
    __match_args__ = ("reason", "facts", "because")

    reason: str
    facts: tuple[tuple[str, str], ...]
    because: tuple[Explanation, ...]

    def __init__(
        self,
        reason: str,
        facts: Sequence[tuple[str, str]] = (),
        because: Sequence[Explanation] = (),
    ) -> None:
        object.__setattr__(self, "reason", reason)
        object.__setattr__(self, "facts", tuple((name, value) for name, value in facts))
        object.__setattr__(self, "because", tuple(because))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an explanation is frozen; {name} cannot be set")

    @classmethod
    def from_json(cls, text: str) -> Explanation:
        """Reads the JSON form every binding shares."""
        import json

        return cls.from_mapping(json.loads(text))

    @classmethod
    def from_mapping(cls, tree: Mapping[str, object]) -> Explanation:
        """Reads the tree of ``to_dict``."""
        facts = _list(tree.get("facts"))
        because = _list(tree.get("because"))
        return cls(
            str(tree["reason"]),
            [(str(fact["name"]), str(fact["value"])) for fact in facts],
            [cls.from_mapping(inner) for inner in because],
        )

    def to_dict(self) -> dict[str, object]:
        """The tree as plain mappings and lists."""
        tree: dict[str, object] = {"reason": self.reason}
        if self.facts:
            tree["facts"] = [{"name": name, "value": value} for name, value in self.facts]
        if self.because:
            tree["because"] = [inner.to_dict() for inner in self.because]
        return tree

    def mentions(self, reason: str) -> bool:
        """Whether this reason or one beneath it has the given word."""
        return any(inner.reason == reason for inner in self)

    def value(self, name: str) -> str | None:
        """The first figure of that name, here or beneath."""
        return next((value for inner in self for known, value in inner.facts if known == name), None)

    def __iter__(self) -> Iterator[Explanation]:
        """This reason and all beneath, from the top."""
        yield self
        for inner in self.because:
            yield from inner

    def _lines(self, depth: int) -> Iterator[str]:
        figures = ", ".join(f"{name}: {value}" for name, value in self.facts)
        yield "  " * depth + self.reason + (f" ({figures})" if figures else "")
        for inner in self.because:
            yield from inner._lines(depth + 1)

    def __str__(self) -> str:
        return "\n".join(self._lines(0))

    def __repr__(self) -> str:
        return f"<Explanation {self.reason}, {sum(1 for _ in self)} reasons>"

    def _repr_html_(self) -> str:
        from html import escape

        figures = "".join(
            f"<br><span style='opacity:0.75'>{escape(name)}:</span> {escape(value)}" for name, value in self.facts
        )
        inner = "".join(reason._repr_html_() for reason in self.because)
        beneath = f"<ul>{inner}</ul>" if inner else ""
        return f"<ul style='margin:0'><li><code>{escape(self.reason)}</code>{figures}{beneath}</li></ul>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Explanation):
            return NotImplemented
        return (self.reason, self.facts, self.because) == (other.reason, other.facts, other.because)

    def __hash__(self) -> int:
        return hash((self.reason, self.facts, self.because))

    def __reduce__(self) -> tuple[object, ...]:
        return (Explanation, (self.reason, self.facts, self.because))


def _list(value: object) -> list[Mapping[str, object]]:
    return list(value) if isinstance(value, list) else []
