"""Derived identifiers, partitions, and state machines: the same thing in is the same thing out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel import identifiers, transitions
from arrears.rules import cases

texts = st.text(max_size=20)


class TestDerivedId:
    @given(texts, texts)
    def test_the_parts_do_not_run_together(self, left, right):
        if right and "\x1f" not in left + right:
            assert identifiers.derived_id("x", left, right) != identifiers.derived_id("x", left + right)

    def test_is_the_same_on_every_machine(self):
        assert identifiers.derived_id("case", "C1", "CNY") == identifiers.derived_id("case", "C1", "CNY")
        assert len(identifiers.derived_id("case", "C1")) == 32


class TestDatedId:
    @given(st.dates(), st.dates(), texts, texts)
    def test_those_of_an_earlier_day_sort_first(self, first, second, left, right):
        before, after = identifiers.dated_id(first, "x", left), identifiers.dated_id(second, "x", right)
        assert (before < after) or first >= second
        assert len(before) == 32

    def test_two_things_of_a_day_differ(self):
        on = date(2026, 11, 1)
        assert identifiers.dated_id(on, "x", "C1") != identifiers.dated_id(on, "x", "C2")


class TestPartition:
    @given(texts, st.integers(1, 64))
    def test_lies_within_the_partitions(self, customer_id, partitions):
        assert 0 <= identifiers.partition_of(customer_id, partitions) < partitions

    def test_is_the_checksum_every_engine_has(self):
        # The check value of CRC-32, as every implementation publishes it.
        assert identifiers.partition_of("123456789", 2**32) == 0xCBF43926


TABLES = {"work": cases.WORK, "contact": cases.CONTACT, "write-off": cases.WRITE_OFF}
PAIRS = [
    (noun, status, event)
    for noun, table in TABLES.items()
    for status in sorted({s for s, _ in table} | set(table.values()))
    for event in sorted({e for _, e in table})
]


class TestTransitions:
    @pytest.mark.parametrize(("noun", "status", "event"), PAIRS)
    def test_every_pair_is_either_in_the_table_or_refused(self, noun, status, event):
        table = TABLES[noun]
        if (status, event) in table:
            assert transitions.next_status(table, status, event, noun=noun) == table[status, event]
        else:
            with pytest.raises(transitions.NoSuchTransition):
                transitions.next_status(table, status, event, noun=noun)

    def test_a_contact_in_doubt_is_never_sent_again(self):
        assert ("IN_DOUBT", "intend") not in cases.CONTACT
        assert ("FAILED", "intend") not in cases.CONTACT
