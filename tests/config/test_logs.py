"""The technical log tells a fault's kind and place, and nothing that a person has written or is called."""

from __future__ import annotations

import json
import logging

import structlog


def test_a_fault_is_told_without_its_words_and_the_values_around_it(capsys):
    text = "my number is 13800000001"
    try:
        try:
            int(text)
        except ValueError as fault:
            raise LookupError(text) from fault
    except LookupError:
        structlog.get_logger(__name__).exception("thing.failed", contact_id="c1")
    line = capsys.readouterr().err
    assert "13800000001" not in line
    told = json.loads(line)
    assert (told["event"], told["contact_id"], told["level"]) == ("thing.failed", "c1", "error")
    assert told["fault"] == ["LookupError", "ValueError"]
    assert "test_logs.py" in told["places"][0]


def test_what_libraries_log_is_told_by_its_pattern_alone(capsys):
    """Neither what they put into their sentence nor a sentence that may hold it already; and one line each."""
    logging.getLogger("django.request").warning("Not Found: %s", '/13800000001/\n{"event": "forged"}')
    logging.getLogger("django.security").error("Invalid host 13800000001")
    lines = capsys.readouterr().err.strip().split("\n")
    assert "13800000001" not in str(lines)
    told = [json.loads(line) for line in lines]
    assert [one["event"] for one in told] == ["library.told"] * 2
    assert told[0]["said"] == "Not Found: %s"
    assert "test_logs.py" in told[1]["place"]


def test_no_value_can_make_a_line_of_its_own(capsys):
    """However many line ends, escapes and terminals' commands somebody puts into an identifier."""
    for text in ('x\n{"event": "forged"}', "x\r\nforged", "\x1b[2J", "\u2028forged", "a\x85b"):
        structlog.get_logger(__name__).info("thing.done", contact_id=text)
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        assert "\x1b" not in line
        assert json.loads(line)["contact_id"] == text
