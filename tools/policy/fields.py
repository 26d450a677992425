"""Checked access to JSON from outside; an error names the field and never repeats a value."""

import re
from datetime import date
from decimal import Decimal
from typing import Self

_LARGEST = 10**12
_WITH_PAISE = re.compile(r"[0-9]{1,13}\.[0-9]{1,2}")
_YEARS = range(1900, 2201)


class FieldError(ValueError):
    """A field is missing or malformed; the message is one line that names it."""


class Fields:
    """A JSON object and its path in the document. Null counts as missing."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise FieldError(f"{path or 'document'}: must be an object")
        self.raw: dict[str, object] = value
        self.path = path

    def table(self, key: str, *, optional: bool = False) -> Self:
        value = self._value(key, {} if optional else None)
        return type(self)(value, self._name(key))

    def maybe_table(self, key: str) -> Self | None:
        return None if self.raw.get(key) is None else self.table(key)

    def count(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        value = self._value(key, default)
        if type(value) is not int or not least <= value <= _LARGEST:
            raise FieldError(f"{self._name(key)}: must be a whole number from {least} to {_LARGEST}")
        return value

    def maybe_count(self, key: str, *, required: bool = False) -> int | None:
        if required and key not in self.raw:
            raise FieldError(f"{self._name(key)}: is missing")
        return None if self.raw.get(key) is None else self.count(key)

    def amount(self, key: str) -> int | Decimal:
        """Rupees: a whole number, or with paise as a Decimal or in quotes."""
        value = self._value(key, None)
        if isinstance(value, str) and _WITH_PAISE.fullmatch(value):
            value = Decimal(value)
        if isinstance(value, Decimal) and value.is_finite() and 0 <= value <= _LARGEST:
            return value
        return self.count(key)

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise FieldError(f"{self._name(key)}: must be true or false")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key, default)
        if not isinstance(value, str):
            raise FieldError(f"{self._name(key)}: must be a text")
        return value

    def day(self, key: str, default: date | None = None) -> date:
        value = self._value(key, default)
        if type(value) is date:
            return value
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or day.year not in _YEARS:
            raise FieldError(f"{self._name(key)}: must be a date like 2026-12-01")
        return day

    def _value(self, key: str, default: object) -> object:
        value = self.raw.get(key, default)
        if value is None and default is not None:
            value = default
        if value is None:
            raise FieldError(f"{self._name(key)}: is missing")
        return value

    def _name(self, key: str) -> str:
        return key if not self.path else f"{self.path}.{key}"
