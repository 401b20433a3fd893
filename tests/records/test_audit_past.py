"""Ways past the chain that leave every digest as it was: where no stretch looks, and what no query finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from tests.records.test_audit_chain import AT, MANY, at, tell
from tests.unguarded import drop, unguarded

from arrears.actions import anchor_audit, verify_audit
from arrears.records.audit import anchored, guards, operations
from arrears.records.audit.models import Event, Lane

IS_SQLITE = connection.vendor == "sqlite"
FORGED = (
    "INSERT INTO audit_event (at, kind, subject_id, actor, before, after, data, digest, lane, seq)"
    " SELECT at, kind, subject_id, actor, before, after, data, digest, {lane}, {seq} FROM audit_event WHERE id = {id}"
)
#: Places that no stretch spans: lane, seq.
NOWHERE = [("lane", "NULL"), ("NULL", "seq"), ("lane", "0"), ("200", "1"), ("lane", "9223372036854775807")]
NOWHERE_SQLITE = [("lane", "-1"), ("-1", "seq"), ("lane", "'x'"), ("'x'", "seq"), ("lane", "x'31'"), ("lane", "7.5")]


@pytest.fixture
def trail(db, tmp_path: Path) -> Path:
    for number in range(MANY):
        if number == MANY // 2:
            anchor_audit.anchor(tmp_path, at=AT)
        tell(number)
    assert found_in(tmp_path) == set()
    return tmp_path


def found_in(folder: Path) -> set[str]:
    return {finding.kind for finding in verify_audit.verify(folder).findings}


def tamper(statement: str) -> None:
    """By somebody who may alter the tables, and so need not heed their checks either."""
    with unguarded(), connection.cursor() as cursor:
        if IS_SQLITE:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(statement)
        if IS_SQLITE:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize("place", NOWHERE + (NOWHERE_SQLITE if IS_SQLITE else []), ids=str)
def test_an_event_that_was_put_where_nobody_looks_is_found(trail, place):
    lane, seq = place
    tamper(FORGED.format(lane=lane, seq=seq, id=at(7).pk))
    assert Event.objects.filter(subject_id="C1").count() == MANY + 1, "pages would tell it like the others"
    assert found_in(trail) & {"UNCHAINED", "MISSING", "END_MOVED"}


@pytest.mark.skipif(not IS_SQLITE, reason="a column of PostgreSQL holds its own type alone")
@pytest.mark.parametrize("column", ["kind", "subject_id", "actor", "before", "after", "data", "at"])
def test_a_value_of_another_type_with_the_same_bytes_is_found(trail, column):
    """As a blob it fits its digest, and no query finds it: the look at a person would be gone from their page."""
    tamper(f"UPDATE audit_event SET {column} = CAST({column} AS BLOB) WHERE id = {at(7).pk}")
    assert found_in(trail) == {"ALTERED"}


@pytest.mark.skipif(IS_SQLITE, reason="SQLite keeps moments as text, which has no era")
def test_a_moment_before_our_era_is_found(trail):
    before = "(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00 BC')::timestamptz"
    tamper(f"UPDATE audit_event SET at = {before} WHERE id = {at(7).pk}")
    assert found_in(trail) == {"ALTERED"}


def test_whoever_has_the_chain_s_key_is_found_though_a_later_anchor_states_the_same_places(trail):
    """Written anew, and anchored before any further event: two anchors then state each place differently."""
    anchor_audit.anchor(trail, at=AT)
    told = list(Event.objects.order_by("seq"))
    with unguarded():
        Event.objects.all().delete()
        Lane.objects.all().delete()
    for event in told:
        operations.record("payment.taken", subject="C2", actor=event.actor, at=event.at)
    anchor_audit.anchor(trail, at=AT)
    assert [(one.kind, one.seq) for one in verify_audit.verify(trail).findings if one.lane == told[-1].lane] == [
        ("ANCHOR_BROKEN", 1),
        ("ANCHOR_BROKEN", 2),
    ]


@pytest.mark.parametrize("altered", [1, 2, 3])
def test_the_anchor_that_was_altered_is_named_alone_by_the_whole_and_by_a_day(trail, altered):
    for _ in range(2):
        anchor_audit.anchor(trail, at=AT)
    tamper(f"UPDATE audit_anchor SET statement = '{{}}' WHERE number = {altered}")
    key = verify_audit.public_key()
    forged = [one.seq for one in verify_audit.verify(trail).findings if one.kind == "ANCHOR_FORGED"]
    assert forged == [altered]
    assert [one.seq for one in anchored.faults(anchored.numbered(None, None, key=key))] == forged


def test_an_anchor_that_was_given_another_moment_is_found(trail):
    """By its moment the anchors of a day are chosen."""
    tamper("UPDATE audit_anchor SET made_at = '2020-01-01 00:00:00'")
    assert found_in(trail) == {"ANCHOR_FORGED"}


@pytest.mark.parametrize("name", [*guards.expected()] if IS_SQLITE else ["audit_event_is_not_edited"])
def test_a_trigger_of_the_same_name_that_refuses_nothing_is_found(trail, name):
    table = next(table for table in ("audit_event", "audit_anchor", "audit_lane") if name.startswith(table))
    with connection.cursor() as cursor:
        cursor.execute(drop(name))
        if IS_SQLITE:
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} BEGIN SELECT 1; END")
        else:
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (false)"
                " EXECUTE FUNCTION audit_refuse()"
            )
    assert guards.lost() == [name]
    assert found_in(trail) == {"NO_GUARD"}


@pytest.mark.skipif(IS_SQLITE, reason="SQLite's triggers hold what they do")
def test_a_function_that_refuses_nothing_is_found(trail):
    body = "BEGIN RETURN NEW; END"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    assert found_in(trail) == {"NO_GUARD"}
