"""A base for small frozen values that costs nothing to import.

Making thirty frozen dataclasses takes 15 ms at every start, because each is compiled from text;
a command may take 150 ms in all. mypy checks these as it checks dataclasses (PEP 681).
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self, TypeVar, dataclass_transform

__all__ = ["Node"]

_T = TypeVar("_T")


@dataclass_transform(eq_default=True, frozen_default=True)
class Node:
    """A value with the annotated names of its class as fields, in order, compared by them.

    >>> class Point(Node):
    ...     x: int
    ...     y: int = 0
    >>> Point(1) == Point(1, 0), Point(1)
    (True, Point(x=1, y=0))
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        names = cls.__dict__.get("__annotations__", ())  # noqa: RUF063 - inspect is slow to import
        cls.__match_args__ = tuple(names)  # type: ignore[misc]  # taken for a constant

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.__match_args__, values, strict=False)) | named
        for name in self.__match_args__:
            # A field that was not given keeps the default, which is the class's attribute.
            if name in given:
                object.__setattr__(self, name, given[name])

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be changed")

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__match_args__])

    def kept(self, name: str) -> Any:
        """Return what `keep` kept under a name, None when nothing was."""
        return self.__dict__.get(f" {name}")

    def keep(self, name: str, value: _T) -> _T:
        """Keep what was reckoned from this value, which never changes; returns it."""
        self.__dict__[f" {name}"] = value
        return value

    def with_(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return type(self)(*self._values(), **changes)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values() == self._values()

    def __hash__(self) -> int:
        known: int | None = self.kept("hash")
        return known or self.keep("hash", hash((type(self), *self._values())))

    def __repr__(self) -> str:
        fields = zip(self.__match_args__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"
