"""The auditor agrees with right books, and catches each planted error by its name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from tests.simulator import books

from arrears.simulator.auditor import STOPS, Auditor, AuditorDisagrees
from arrears.simulator.market import Market

AS_OF = date(2026, 8, 1)


@pytest.fixture(scope="module")
def tape() -> dict[str, pl.DataFrame]:
    return Market.create(borrowers=500, seed=5, start_on=AS_OF, history_days=300).tape(AS_OF)


@pytest.fixture(scope="module")
def auditor(tape) -> Auditor:
    mine = Auditor()
    mine.see(tape)
    return mine


def codes(auditor: Auditor, view: books.BooksView) -> set[str]:
    return {finding.code for finding in auditor.audit(view, as_of=AS_OF)}


def contact(customer: str, at: datetime, **more: str) -> dict[str, object]:
    plain = {
        "contact_id": f"K-{at:%d%H%M}",
        "channel": "SMS",
        "outcome": "DELIVERED",
        "purpose": "COLLECT",
        "relation": "SELF",
    }
    return plain | {"customer_id": customer, "at": at} | more


def sent(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema_overrides={"at": pl.Datetime("us", "UTC")})


@pytest.fixture(scope="module")
def behind(tape) -> str:
    """A customer who has been overdue for more than a week."""
    table = books.positions(tape, AS_OF).filter(pl.col("past_due_days") > 7)
    return table.join(tape["accounts"], on="account_id")["customer_id"][0]


@pytest.fixture(scope="module")
def cured(tape) -> str:
    """A customer all of whose loans are paid off."""
    accounts = tape["accounts"].group_by("customer_id").agg(done=(pl.col("status") == "CLOSED").all())
    return accounts.filter("done").sort("customer_id")["customer_id"][0]


class TestPositions:
    def test_it_agrees_with_right_books(self, auditor, tape):
        assert auditor.audit(books.view(tape, AS_OF), as_of=AS_OF) == []

    def test_the_sample_has_what_makes_books_hard(self, tape):
        table = books.positions(tape, AS_OF)
        assert tape["payments"]["reverses"].is_not_null().any()
        assert (table["past_due_days"] > 30).any()
        assert (tape["payments"]["booked_on"] > tape["payments"]["paid_on"]).any()

    def test_it_catches_a_dropped_payment(self, auditor, tape):
        wrong = tape | {"payments": tape["payments"].filter(pl.col("reverses").is_null())[1:]}
        assert "PAID_TOTAL" in codes(auditor, books.view(wrong, AS_OF))

    def test_it_catches_a_doubled_payment(self, auditor, tape):
        twice = tape["payments"][:1].with_columns(payment_id=pl.lit("PX"))
        wrong = tape | {"payments": pl.concat([tape["payments"], twice])}
        assert {"PAID_TOTAL", "OUTSTANDING"} <= codes(auditor, books.view(wrong, AS_OF))

    def test_it_catches_a_payment_on_the_wrong_account(self, auditor, tape):
        other = tape["accounts"]["account_id"][-1]
        moved = tape["payments"].with_columns(
            account_id=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(other)).otherwise("account_id")
        )
        findings = auditor.audit(books.view(tape | {"payments": moved}, AS_OF), as_of=AS_OF)
        assert {tape["payments"]["account_id"][0], other} <= {finding.subject for finding in findings}

    def test_it_catches_money_in_the_wrong_component(self, auditor, tape):
        right = books.view(tape, AS_OF)
        one = pl.col("past_due_days") == pl.col("past_due_days").max()
        wrong = right.positions.with_columns(
            fee_overdue_minor=pl.col("fee_overdue_minor") + one.cast(pl.Int64),
            principal_overdue_minor=pl.col("principal_overdue_minor") - one.cast(pl.Int64),
        )
        assert codes(auditor, books.BooksView(wrong, right.open_cases)) == {"OVERDUE"}

    def test_it_catches_a_reversal_that_was_ignored(self, auditor, tape):
        wrong = tape | {"payments": tape["payments"].filter(pl.col("reverses").is_null())}
        assert "PAID_TOTAL" in codes(auditor, books.view(wrong, AS_OF))

    def test_it_catches_a_date_that_moved(self, auditor, tape):
        right = books.view(tape, AS_OF)
        wrong = right.positions.with_columns(pl.col("oldest_due_on") + timedelta(days=30))
        assert codes(auditor, books.BooksView(wrong, right.open_cases)) == {"OLDEST_DUE"}

    def test_it_catches_missing_unknown_and_double_positions(self, auditor, tape):
        right = books.view(tape, AS_OF)
        stranger = right.positions[:1].with_columns(account_id=pl.lit("A-STRANGER"))
        wrong = pl.concat([right.positions[1:], right.positions[-1:], stranger])
        found = codes(auditor, books.BooksView(wrong, right.open_cases))
        assert found == {"MISSING_POSITION", "UNKNOWN_ACCOUNT", "DOUBLE_POSITION"}

    def test_it_stops_the_run(self, auditor, tape):
        wrong = books.view(tape | {"payments": tape["payments"][1:]}, AS_OF)
        with pytest.raises(AuditorDisagrees) as stopped:
            auditor.check(wrong, as_of=AS_OF)
        assert stopped.value.findings

    def test_changes_day_by_day_give_the_same_books_as_one_tape(self, tape):
        market = Market.create(borrowers=200, seed=5, start_on=AS_OF, history_days=200)
        daily = Auditor()
        daily.see(market.tape(AS_OF))
        for _ in range(40):
            before = market.today
            market.step(before + timedelta(days=1))
            daily.see(market.tape_changes(before, market.today))
        daily.check(books.view(market.tape(market.today), market.today), as_of=market.today)


class TestCases:
    def test_it_misses_a_case(self, auditor, tape, behind):
        right = books.view(tape, AS_OF)
        without = right.open_cases.filter(pl.col("customer_id") != behind)
        findings = auditor.audit(books.BooksView(right.positions, without), as_of=AS_OF)
        assert [(finding.code, finding.subject) for finding in findings] == [("CASE_MISSING", behind)]

    def test_it_sees_a_case_that_outlived_its_arrears(self, auditor, tape, cured):
        right = books.view(tape, AS_OF)
        more = pl.concat([right.open_cases, pl.DataFrame({"customer_id": [cured]})])
        findings = auditor.audit(books.BooksView(right.positions, more), as_of=AS_OF)
        assert [(finding.code, finding.subject) for finding in findings] == [("CASE_WITHOUT_ARREARS", cured)]

    def test_a_case_over_penalty_alone_is_one(self, auditor, tape, cured):
        right = books.view(tape, AS_OF)
        more = pl.concat([right.open_cases, pl.DataFrame({"customer_id": [cured]})])
        of_theirs = tape["accounts"].filter(pl.col("customer_id") == cured)["account_id"].implode()
        charged = pl.when(pl.col("account_id").is_in(of_theirs)).then(7_318).otherwise(0)
        penalised = right.positions.with_columns(penalty_overdue_minor=charged)
        assert auditor.audit(books.BooksView(penalised, more), as_of=AS_OF) == []


class TestContacts:
    NOON = datetime(2026, 8, 1, 4, tzinfo=UTC)  # 12:00 in Shanghai

    def found(self, auditor, tape, *rows, **more) -> list[str]:
        findings = auditor.audit(books.view(tape, AS_OF, sent(*rows), **more), as_of=AS_OF)
        return [finding.code for finding in findings]

    def test_a_contact_to_who_is_behind_is_fine(self, auditor, tape, behind):
        assert self.found(auditor, tape, contact(behind, self.NOON)) == []

    def test_it_catches_a_contact_after_cure(self, auditor, tape, cured):
        assert self.found(auditor, tape, contact(cured, self.NOON)) == ["NOTHING_OWED"]

    def test_an_answer_to_the_borrower_is_no_collection(self, auditor, tape, cured):
        assert self.found(auditor, tape, contact(cured, self.NOON, purpose="RESPOND")) == []

    @pytest.mark.parametrize(
        ("hour", "minute", "codes"), [(23, 59, ["OUTSIDE_HOURS"]), (0, 0, []), (13, 59, []), (14, 0, ["OUTSIDE_HOURS"])]
    )
    def test_hours_are_the_borrowers(self, auditor, tape, behind, hour, minute, codes):
        at = datetime(2026, 7, 31 if hour == 23 else 30, hour, minute, tzinfo=UTC)
        expected = codes if books_owed(auditor, behind, at) else [*codes, "NOTHING_OWED"]
        assert self.found(auditor, tape, contact(behind, at)) == expected

    def test_it_catches_a_stranger(self, auditor, tape, behind):
        assert self.found(auditor, tape, contact(behind, self.NOON, relation="KIN")) == ["THIRD_PARTY"]

    @pytest.mark.parametrize(("reason", "codes"), [("REST", []), ("SELF_HARM", []), ("OPTED_OUT", ["STOP_LISTED"])])
    def test_it_catches_the_stop_listed_from_that_moment_on(self, auditor, tape, behind, reason, codes):
        stops = pl.DataFrame([(behind, self.NOON, reason)], schema=STOPS, orient="row")
        rows = [contact(behind, self.NOON - timedelta(minutes=1)), contact(behind, self.NOON)]
        assert self.found(auditor, tape, *rows, stops=stops) == ["STOP_LISTED"]
        assert self.found(auditor, tape, contact(behind, self.NOON, purpose="RESPOND"), stops=stops) == codes

    def test_it_counts_connected_calls_a_person_and_day(self, auditor, tape, behind):
        calls = [
            contact(behind, self.NOON + timedelta(hours=n), channel=("CALL", "AI_CALL")[n % 2], outcome="RIGHT_PARTY")
            for n in range(4)
        ]
        assert self.found(auditor, tape, *calls[:3]) == []
        assert self.found(auditor, tape, *calls) == ["CONNECTED_CAP"]

    def test_it_counts_unanswered_attempts_a_point_and_day(self, auditor, tape, behind):
        calls = [
            contact(
                behind,
                self.NOON + timedelta(minutes=30 * n),
                channel="CALL",
                outcome="NO_ANSWER",
                contact_point_id="P1",
            )
            for n in range(7)
        ]
        elsewhere = contact(
            behind, self.NOON + timedelta(hours=5), channel="CALL", outcome="BUSY", contact_point_id="P2"
        )
        assert self.found(auditor, tape, *calls[:6], elsewhere) == []
        assert self.found(auditor, tape, *calls) == ["UNANSWERED_CAP"]


def books_owed(auditor: Auditor, customer: str, at: datetime) -> bool:
    """Was anything overdue the evening before the local day of `at`?"""
    before = (at + timedelta(hours=8)).date() - timedelta(days=1)
    return any(each.owes for each in auditor.expected(before).values() if each.customer_id == customer)
