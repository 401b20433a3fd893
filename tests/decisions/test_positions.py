"""Does a partition age as its accounts do one by one, whatever the order of its rows and the mix of its products?"""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest
from tests.rules.ageing import histories

from arrears.decisions import batches, positions
from arrears.decisions.schemas import night
from arrears.decisions.schemas import tape as schemas
from arrears.rules.ageing import one, reading

AS_OF = histories.START + timedelta(days=100)


def frame(table: str, rows: list[dict]) -> pl.DataFrame:
    schema = schemas.TABLES[table]
    full = [{column: row.get(column) for column in schema} for row in rows]
    return pl.DataFrame(full, schema=schema, orient="row").sort(schemas.SORT[table])


def random_tape(seed: int, accounts: int) -> tuple[dict[str, pl.DataFrame], dict, dict]:
    """(tape, policies by product, {account_id: (dues, payments, pauses, policy)})"""
    rng = random.Random(seed)
    policies = {f"product-{k}": histories.policy(rng) for k in range(3)}
    rows: dict[str, list[dict]] = {table: [] for table in ("accounts", "instalments", "payments", "pauses")}
    truth = {}
    for number in range(accounts):
        account, customer = f"a{rng.randint(0, 10**6)}-{number}", f"c{rng.randint(0, accounts // 2)}"
        product = rng.choice(list(policies))
        dues, payments, pauses, _ = histories.history(rng)
        mine = {p.payment_id: f"{account}/{p.payment_id}" for p in payments}
        payments = [
            one.Payment(mine[p.payment_id], p.paid_on, p.amount_minor, mine.get(p.reverses), p.channel)
            for p in payments
        ]
        truth[account] = (dues, payments, pauses, policies[product])
        who = {"account_id": account, "customer_id": customer}
        rows["accounts"].append({**who, "product_code": product, "currency": "CNY"})
        rows["instalments"] += [{**who, **vars(due)} for due in dues]
        rows["payments"] += [{**who, **vars(payment)} for payment in payments]
        rows["pauses"] += [{**who, **vars(pause)} for pause in pauses]
    return {table: frame(table, these) for table, these in rows.items()}, policies, truth


def flat(position: one.Position) -> dict:
    amounts = {
        f"{component}_{what}_minor": getattr(getattr(position, what), f"{component}_minor")
        for component in night.COMPONENTS
        for what in ("outstanding", "overdue")
    }
    plain = {key: value for key, value in vars(position).items() if key not in ("outstanding", "overdue")}
    return {**plain, **amounts}


class TestPositions:
    @pytest.mark.parametrize("seed", range(6))
    def test_each_row_equals_the_account_aged_alone(self, seed):
        tape, policies, truth = random_tape(seed, accounts=80)
        table = positions.positions(tape, policies=policies, as_of=AS_OF)
        assert dict(table.schema) == night.POSITIONS
        assert table["account_id"].to_list() == tape["accounts"]["account_id"].to_list()
        worst: dict[str, int] = {}
        for row in table.to_dicts():
            dues, payments, pauses, policy = truth[row["account_id"]]
            alone = one.age_account(dues, payments, policy=policy, as_of=AS_OF, pauses=pauses).position
            assert {key: row[key] for key in flat(alone)} == flat(alone), row["account_id"]
            worst[row["customer_id"]] = max(worst.get(row["customer_id"], 0), alone.dpd)
        assert {r["customer_id"]: r["customer_dpd_max"] for r in table.to_dicts()} == worst
        assert (table["dpd"] > 0).sum() > 5

    @pytest.mark.parametrize("seed", range(3))
    def test_each_instalment_equals_that_of_the_account_aged_alone(self, seed):
        tape, policies, truth = random_tape(seed, accounts=60)
        aged = positions.age(tape, policies=policies, as_of=AS_OF, by_instalment=True)
        assert dict(aged.instalments.schema) == night.INSTALMENT_STATES
        assert aged.positions.equals(positions.positions(tape, policies=policies, as_of=AS_OF))
        rows = {(row["account_id"], row["number"]): row for row in aged.instalments.to_dicts()}
        seen = 0
        for account, (dues, payments, pauses, policy) in truth.items():
            alone = one.age_account(dues, payments, policy=policy, as_of=AS_OF, pauses=pauses)
            for state in alone.instalments:
                row = rows[account, state.due.number]
                assert row["penalty_charged_minor"] == state.penalty_charged_minor
                assert row["past_due_days"] == state.past_due_days
                assert row["bucket"] == policy.bucket_of(row["dpd"])
                left = [row[f"{component}_left_minor"] for component in night.COMPONENTS]
                assert left == list(vars(state.left).values())
                seen += 1
            first = min((s for s in alone.instalments if s.is_open), key=lambda s: s.due.due_on, default=None)
            if first:
                assert rows[account, first.due.number]["dpd"] == alone.position.dpd
        assert seen == len(rows) > 60

    def test_rows_in_any_order_give_the_same_positions(self):
        tape, policies, _ = random_tape(11, accounts=60)
        sound = positions.positions(tape, policies=policies, as_of=AS_OF)
        mixed = {
            table: rows if table == "accounts" else rows.sample(fraction=1, shuffle=True, seed=3)
            for table, rows in tape.items()
        }
        assert positions.positions(mixed, policies=policies, as_of=AS_OF).equals(sound)

    def test_payments_in_any_order_need_no_identifiers(self):
        """A lake-form tape without reversals is read without them."""
        tape, policies, _ = random_tape(11, accounts=60)
        rows = tape["payments"].filter(pl.col("reverses").is_null()).unique(["account_id", "paid_on"], keep="first")
        sound = positions.positions({**tape, "payments": rows}, policies=policies, as_of=AS_OF)
        bare = rows.drop("payment_id").sample(fraction=1, shuffle=True, seed=3)
        assert positions.positions({**tape, "payments": bare}, policies=policies, as_of=AS_OF).equals(sound)

    def test_the_full_file_of_an_account_says_the_same_and_shows_every_payment(self):
        tape, policies, _ = random_tape(5, accounts=20)
        table = positions.positions(tape, policies=policies, as_of=AS_OF)
        for row in table.to_dicts():
            aged = positions.file_of(tape, row["account_id"], policies=policies, as_of=AS_OF)
            assert flat(aged.position) == {key: row[key] for key in flat(aged.position)}
            assert sum(a.amount_minor for a in aged.allocations) + row["surplus_minor"] == row["paid_total_minor"]
        with pytest.raises(positions.UnknownAccount):
            positions.file_of(tape, "nobody", policies=policies, as_of=AS_OF)

    def test_a_tape_with_nothing_but_accounts_owes_nothing(self):
        tape, policies, _ = random_tape(2, accounts=5)
        bare = {"accounts": tape["accounts"], "instalments": tape["instalments"].clear()}
        table = positions.positions(bare, policies=policies, as_of=AS_OF)
        assert table["dpd"].to_list() == [0] * 5
        empty = {name: rows.clear() for name, rows in tape.items()}
        assert positions.positions(empty, policies=policies, as_of=AS_OF).is_empty()


class TestRefusals:
    def test_an_account_beyond_the_limits_is_set_aside_and_the_others_are_aged(self):
        tape, policies, _ = random_tape(3, accounts=6)
        victim = tape["instalments"]["account_id"][0]
        huge = pl.when(pl.col("account_id") == victim).then(2**51).otherwise("principal_minor").alias("principal_minor")
        tape["instalments"] = tape["instalments"].with_columns(huge)
        aged = positions.age(tape, policies=policies, as_of=AS_OF)
        assert aged.refused.select("account_id", "reason").rows() == [(victim, "amount_out_of_range")]
        assert aged.positions.height == 5
        with pytest.raises(positions.UnableToAgeAll, match="amount_out_of_range"):
            positions.positions(tape, policies=policies, as_of=AS_OF)

    def test_rows_of_an_unknown_account_are_refused(self):
        tape, policies, _ = random_tape(3, accounts=6)
        tape["payments"] = tape["payments"].with_columns(pl.lit("stranger").alias("account_id"))
        with pytest.raises(batches.UnableToBatch, match="stranger"):
            positions.positions(tape, policies=policies, as_of=AS_OF)

    def test_a_product_without_a_policy_is_refused_unless_there_is_a_default(self):
        tape, policies, _ = random_tape(3, accounts=6)
        with pytest.raises(batches.UnableToBatch, match="no policy for product"):
            positions.positions(tape, policies={}, as_of=AS_OF)
        any_product = reading.Products({}, next(iter(policies.values())))
        assert positions.positions(tape, policies=any_product, as_of=AS_OF).height == 6

    def test_a_hole_where_an_amount_must_be_is_refused(self):
        tape, policies, _ = random_tape(3, accounts=6)
        tape["instalments"] = tape["instalments"].with_columns(pl.lit(None, pl.Int64).alias("principal_minor"))
        with pytest.raises(batches.UnableToBatch, match="principal_minor"):
            positions.positions(tape, policies=policies, as_of=AS_OF)


def test_a_payment_or_reversal_after_the_date_does_not_count_yet():
    plain = reading.find("plain")
    due = [{"account_id": "a", "customer_id": "c", "number": 1, "due_on": date(2026, 1, 1), "principal_minor": 100}]
    payments = [
        {"payment_id": "p1", "account_id": "a", "paid_on": date(2026, 1, 5), "amount_minor": 60},
        {"payment_id": "p2", "account_id": "a", "paid_on": date(2026, 1, 9), "amount_minor": 60, "reverses": "p1"},
        {"payment_id": "p3", "account_id": "a", "paid_on": date(2026, 1, 20), "amount_minor": 40},
    ]
    tape = {
        "accounts": frame("accounts", [{"account_id": "a", "customer_id": "c", "product_code": "x"}]),
        "instalments": frame("instalments", due),
        "payments": frame("payments", payments),
    }
    left = {
        on: positions.positions(tape, policies={"x": plain}, as_of=date(2026, 1, on))["principal_outstanding_minor"][0]
        for on in (4, 5, 8, 9, 19, 20)
    }
    assert left == {4: 100, 5: 40, 8: 40, 9: 100, 19: 100, 20: 60}
