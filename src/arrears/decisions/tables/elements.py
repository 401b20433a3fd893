"""How is an element of a DMN file looked into? By local names, so that every version of the namespace is read alike.

Called by the readers of the file: `typed`, `boxed`, `parse`.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element  # nosec B405  the type alone: defusedxml parses

from arrears.decisions.tables import sfeel


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    return [one for one in element if local_name(one) == name]


def child(element: Element, name: str) -> Element | None:
    return next(iter(children(element, name)), None)


def text_of(element: Element | None) -> str:
    """The text of a cell: of its <text>, or its own."""
    if element is None:
        return ""
    inner = child(element, "text")
    return ((element if inner is None else inner).text or "").strip()


def name_of(element: Element | None) -> str:
    return sfeel.normal_name(element.get("name", "")) if element is not None else ""
