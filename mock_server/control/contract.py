"""The contract of the control side, `openapi/admin.yaml`."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Final

from mock_server.contract import MockContract
from mock_server.worlds import Naming

PACKAGED: Final = Path(__file__).parent.parent / "data" / "admin.yaml"
CHECKOUT: Final = Path(__file__).parent.parent.parent / "openapi" / "admin.yaml"


class ControlContract(MockContract):
    """The contract of the control side, with what only the mock needs."""

    @classmethod
    def packaged(cls) -> ControlContract:
        """The one contract that there is."""
        return cls.load(PACKAGED if PACKAGED.exists() else CHECKOUT)

    def choices(self, schema: str, name: str) -> tuple[str, ...]:
        """The values that a field of a schema, or each entry of it, may have."""
        field = self.schema(schema)["properties"][name]
        return tuple(field.get("items", field)["enum"])

    @cached_property
    def naming(self) -> Naming:
        """What a name of a world or a snapshot looks like."""
        schema = self.schema("Name")
        return Naming(re.compile(schema["pattern"]), f"A name has {schema['description']}")
