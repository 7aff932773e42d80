"""What a program may set once for all."""

from __future__ import annotations

from typing import Any, Literal, get_args

from .errors import InvalidValue, NotFound

__all__ = ["Options", "PlotBackend", "options"]

PlotBackend = Literal["altair", "matplotlib", "plotly"]
"""The libraries that draw."""


class Options:
    """``clientela.options``: set an attribute, and everything made from then on follows it.

    Attributes:
        plot_backend: The library that draws when a plot does not name one.
        rows_shown: The most rows a notebook shows of a table.
    """

    __slots__ = ("plot_backend", "rows_shown")

    plot_backend: PlotBackend
    rows_shown: int

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Sets everything as it was."""
        self.plot_backend = "matplotlib"
        self.rows_shown = 20

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__slots__:
            raise NotFound(
                f"there is no option called {name[:64]}; the options are {', '.join(self.__slots__)}",
                code="name.unknown",
                field="option",
                hint=", ".join(self.__slots__),
            )
        if name == "plot_backend":
            check_backend(value)
        elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise InvalidValue(
                f"{name} is not a count; expected a whole number, 0 or more",
                code="argument.invalid",
                field=name,
                hint="a whole number, 0 or more",
            )
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<options {', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)}>"


def check_backend(backend: object) -> None:
    """Refuses what is no library that draws."""
    if backend not in get_args(PlotBackend):
        raise InvalidValue(
            "the backend is none of the choices; expected 'altair', 'matplotlib' or 'plotly'",
            code="argument.invalid",
            field="backend",
            hint="'altair', 'matplotlib' or 'plotly'",
        )


options = Options()
