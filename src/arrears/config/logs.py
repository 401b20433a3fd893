"""How the technical log is written: one JSON line an event on stderr, with the moment, the level and the facts.

Called once by the settings. A fault is told by its kind and the places it came through; its own words and the values
around it are left out, because a name, a number or a message may stand in them. What Django and other libraries log
comes out in the same way: the pattern of their sentence, never what they put into it, and the route of a request, never
the address that was typed.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from arrears.kernel import faults


class Plainly(logging.Handler):
    """Tells what others log as events of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        place = f"{record.pathname.rpartition('/src/')[2]}:{record.lineno} {record.funcName}"
        facts: dict[str, object] = {"logger": record.name, "place": place}
        if record.args:  # without, the sentence may hold values already
            facts["said"] = str(record.msg)
        if record.exc_info and record.exc_info[1]:
            facts["exc_info"] = record.exc_info[1]
        if (request := getattr(record, "request", None)) is not None:
            match = getattr(request, "resolver_match", None)
            facts |= {"method": getattr(request, "method", ""), "route": match.route if match else ""}
        if (status := getattr(record, "status_code", None)) is not None:
            facts["status"] = status
        structlog.get_logger(record.name).log(record.levelno, "library.told", **facts)


def configure() -> None:
    """Write every event of level info and above."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _fault,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
    root = logging.getLogger()
    if not any(isinstance(handler, Plainly) for handler in root.handlers):
        root.addHandler(Plainly(logging.WARNING))


def _fault(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The kinds of a fault and of what caused it, and where it came through, the innermost place last."""
    given = event.pop("exc_info", None)
    fault = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if fault is not None:
        event["places"], event["fault"] = faults.places(fault), faults.kinds(fault)
    return event
