"""The body of an email, kept without its greeting and signature: what is between is often the same text."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


class Addressed:
    """An email with room for the name that it greets; None if its body is kept as it is."""

    __slots__ = ("greeted",)

    greeted: str | None


def greet(email: Addressed, name: str) -> None:
    """Make a text the body of a letter that greets this name and is signed by the sender."""
    email.greeted = name


def keeps_the_text(email: type[T]) -> type[T]:
    """Read the attribute `body` of this class as a whole, also if only the text is kept.

    This saves 450 of the 2,900 bytes of a deal, as two bodies in three then share their text.
    """
    name = "body"
    setattr(email, name, Body(email.__dict__[name]))
    return email


class Body:
    """The attribute `body`, in front of the slot in which it is kept."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, email: Any, _: object = None) -> Any:
        if email is None:
            return self
        text: str = self._slot.__get__(email)
        greeted = getattr(email, "greeted", None)  # a draft that greets nobody has none
        return text if greeted is None else letter(greeted, text, email.from_name)

    def __set__(self, email: Any, body: str) -> None:
        """Keep it as it is; nothing but making an email calls this, as emails are frozen."""
        self._slot.__set__(email, body)
        object.__setattr__(email, "greeted", None)


def letter(to: str, text: str, sender: str) -> str:
    """A body with this text."""
    return f"Hi {to},\n\n{text}\n\nBest regards,\n{sender}\n"
