"""Which types does a DMN file declare, and how are its cells read? The part of the reader that knows names and types.

Called by `boxed` and `parse`, which read the rest of the file. A refusal names file, decision, rule, cell, position.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element  # nosec B405  the type alone: defusedxml parses

from arrears.decisions.tables import feel, sfeel
from arrears.decisions.tables.elements import child, children, local_name, name_of, text_of
from arrears.decisions.tables.model import ANYTHING, Type
from arrears.kernel.errors import InvalidInput

Read = TypeVar("Read")

KINDS = {
    "any": feel.Kind.ANY,
    "number": feel.Kind.NUMBER,
    "string": feel.Kind.STRING,
    "boolean": feel.Kind.BOOLEAN,
    "date": feel.Kind.DATE,
    "time": feel.Kind.TIME,
    "datetime": feel.Kind.DATE_TIME,
    "dateandtime": feel.Kind.DATE_TIME,
    "daytimeduration": feel.Kind.DAYS_DURATION,
    "daysandtimeduration": feel.Kind.DAYS_DURATION,
    "yearmonthduration": feel.Kind.MONTHS_DURATION,
    "yearsandmonthsduration": feel.Kind.MONTHS_DURATION,
    "context": feel.Kind.CONTEXT,
    "list": feel.Kind.LIST,
    # What other tools write for a number.
    "integer": feel.Kind.NUMBER,
    "long": feel.Kind.NUMBER,
    "double": feel.Kind.NUMBER,
}


class UnreadableTable(InvalidInput):
    """The file is not DMN, or a part of it cannot be read; the message says which part and why."""

    code = "unreadable_table"


@dataclass(frozen=True)
class Typed:
    """What one reading knows: the file's name, the names that a cell may speak of, and every type of the file.

    parts : names that may stand behind a point in a cell
    scope : names that mean something in a cell; None where the rows or the items may bring more of them
    """

    source: str
    names: frozenset[str]
    parts: frozenset[str]
    types: dict[str, Type]
    scope: frozenset[str] | None

    def refuse(self, where: str, why: str) -> UnreadableTable:
        return UnreadableTable(f"{self.source}: {where}: {why}")

    def cell(self, reading: Callable[..., Read], text: str, where: str) -> Read:
        try:
            read = reading(text, names=self.names, parts=self.parts)
        except sfeel.UnreadableCell as wrong:
            raise self.refuse(where, str(wrong)) from None
        if self.scope is not None:
            for name in sorted(_free(read) - self.scope):
                raise self.refuse(where, f"`{name}` is the name of no input, decision or entry that it can see")
        return read

    # Types.

    def define(self, name: str, waiting: dict[str, Element], above: tuple[str, ...]) -> None:
        """Read one item definition, those it is built on first."""
        if name in above:
            raise self.refuse(f"type {name}", "is defined by itself")
        if name in waiting and name not in self.types:
            for used in waiting[name].iter():
                if local_name(used) == "typeRef":
                    self.define(self.type_name(used.text or ""), waiting, (*above, name))
            self.types[name] = self.item(waiting[name])

    def type_name(self, reference: str) -> str:
        reference = sfeel.normal_name(reference)
        return reference if reference in self.names else reference.rpartition(":")[2]

    def item(self, element: Element) -> Type:
        name = name_of(element)
        components = {name_of(part): self.item(part) for part in children(element, "itemComponent")}
        base = self.type(text_of(child(element, "typeRef")))
        allowed = text_of(child(element, "allowedValues"))
        return Type(
            feel.Kind.CONTEXT if components else base.kind,
            components or base.components,
            element.get("isCollection") == "true" or base.is_list,
            self.cell(sfeel.read_tests, allowed, f"type {name}, allowed values") if allowed else base.allowed,
        )

    def type(self, reference: str | None) -> Type:
        name = self.type_name(reference or "")
        if name in self.types:
            return self.types[name]
        kind = KINDS.get(name.lower().replace(" ", "").replace("_", ""))
        return Type(kind) if kind is not None else ANYTHING


def _free(read: object) -> frozenset[str]:
    """The names that a cell takes from outside. A filter's condition speaks of its items, whose parts nobody knows."""
    match read:
        case feel.Name(name):
            return frozenset({name})
        case feel.UnaryTests():
            return frozenset[str]().union(*map(_free, feel.tested(read)))
        case tuple():
            return frozenset[str]().union(*map(_free, read))
        case feel.Filter(of, _):
            return _free(of)
    return frozenset[str]().union(*map(_free, feel.parts(read))) - feel.bound_in(read)  # type: ignore[arg-type]
