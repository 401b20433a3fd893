"""Every recipe balances, whatever the event; and what one event does, its opposite undoes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears import policies
from arrears.rules import postings

CHART = postings.read_chart(policies.folder() / "charts" / "cn.toml")
AMOUNTS = st.integers(-(10**12), 10**12)
PARTS = st.fixed_dictionaries(dict.fromkeys(postings.COMPONENTS, AMOUNTS))
POSITIVE = st.integers(1, 10**12)


def balance(*events: postings.Event) -> dict[str, int]:
    sums: dict[str, int] = {}
    for event in events:
        for line in postings.recipe(event, chart=CHART):
            sums[line.role] = sums.get(line.role, 0) + line.amount_minor
    return {role: amount for role, amount in sums.items() if amount}


@given(amount=POSITIVE, parts=PARTS)
def test_every_recipe_sums_to_zero_and_holds_no_empty_line(amount, parts):
    events = (
        postings.PaymentTaken(amount, parts),
        postings.PaymentReversed(amount, parts),
        postings.DebtWrittenOff(parts),
        postings.RecoveryTaken(amount, sum(parts.values()), parts["principal"]),
        postings.RecoveryReversed(amount, sum(parts.values()), parts["principal"]),
        postings.RecoveryTold(parts["principal"]),
    )
    for event in events:
        lines = postings.recipe(event, chart=CHART)
        assert sum(line.amount_minor for line in lines) == 0
        assert all(line.amount_minor for line in lines)


@given(amount=POSITIVE, parts=PARTS)
def test_a_reversal_undoes_its_payment(amount, parts):
    assert balance(postings.PaymentTaken(amount, parts), postings.PaymentReversed(amount, parts)) == {}
    told = (amount, sum(parts.values()), parts["principal"])
    assert balance(postings.RecoveryTaken(*told), postings.RecoveryReversed(*told)) == {}


@given(written_off=POSITIVE, settled=st.lists(AMOUNTS, max_size=8))
def test_the_memorandum_stays_between_nothing_and_what_was_written_off(written_off, settled):
    events: list[postings.Event] = [postings.DebtWrittenOff({"principal": written_off})]
    recovered = 0
    for minor in settled:
        lowered = postings.memo_lowered(written_off_minor=written_off, recovered_minor=recovered, settled_minor=minor)
        events.append(postings.RecoveryTaken(max(minor, 0) + 1, minor, lowered))
        recovered += minor
        left = balance(*events)
        assert left.get("memo_written_off", 0) == min(max(written_off - recovered, 0), written_off)
        assert left.get("memo_contra", 0) == -left.get("memo_written_off", 0)
        assert left.get("recovery", 0) == -recovered


def test_a_recovery_beyond_what_is_owed_is_surplus():
    lowered = postings.memo_lowered(written_off_minor=500, recovered_minor=400, settled_minor=150)

    assert lowered == 100
    assert balance(postings.RecoveryTaken(180, 150, lowered)) == {
        "cash": 180,
        "recovery": -150,
        "surplus": -30,
        "memo_written_off": -100,
        "memo_contra": 100,
    }


def test_what_is_not_settled_is_surplus():
    event = postings.PaymentTaken(10_000, {"interest": 1_000, "principal": 8_500})

    assert balance(event) == {"cash": 10_000, "interest": -1_000, "principal": -8_500, "surplus": -500}


def test_a_debt_written_off_leaves_the_balance_sheet_and_is_still_claimed():
    """账销案存: against the allowance, and into the memorandum."""
    off = balance(postings.DebtWrittenOff({"principal": 700, "interest": 30}))

    assert off == {"allowance": 730, "principal": -700, "interest": -30, "memo_written_off": 730, "memo_contra": -730}


def test_a_chart_without_an_account_for_a_role_is_refused(tmp_path):
    path = tmp_path / "short.toml"
    path.write_text(
        'version = "1"\n[accounts.cash]\ncode = "1"\ntitle = { zh = "钱", en = "money" }\n', encoding="utf-8"
    )

    with pytest.raises(postings.IncompleteChart):
        postings.read_chart(path)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('code = "1002"', "", r"cn\.toml:\d+: accounts\.cash\.code: is missing"),
        ('code = "1002"', "code = 1002", r"accounts\.cash\.code"),
        ('en = "Cash at bank"', 'ru = "Касса"', r"cn\.toml:\d+: accounts\.cash\.title\.en: is missing"),
        ("[accounts.cash]", "[acounts.cash]", r"accounts\.cash: is missing"),
        ("[accounts.cash]", "[accounts.cash", r"cn\.toml:\d+: -: "),
    ],
)
def test_a_chart_that_cannot_be_read_is_refused_with_its_key(tmp_path, before, after, said):
    text = (policies.folder() / "charts" / "cn.toml").read_text(encoding="utf-8")
    (tmp_path / "cn.toml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(postings.IncompleteChart, match=said):
        postings.read_chart(tmp_path / "cn.toml")
