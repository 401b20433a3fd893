"""The technical log tells a fault's kind and place, and nothing that a person has written or is called."""

from __future__ import annotations

import json

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
