"""Does `arrears age`, from files alone, say of random accounts under random policies what the engine says of each?"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.cases import command
from tests.rules.ageing import histories

from arrears.rules.ageing import one, reading

CURRENCIES = ("CNY", "JPY", "KWD")


def account(rng: random.Random, name: str) -> command.Account:
    """A history that a tape may hold: money above zero, reversals not before their payments, each pause once."""
    dues, payments, pauses, _ = histories.history(rng)
    paid = {p.payment_id: p for p in payments if p.amount_minor and p.reverses is None}
    kept = [*paid.values(), *(p for p in payments if p.reverses in paid and p.paid_on >= paid[p.reverses].paid_on)]
    named = [
        replace(p, payment_id=f"{name}/{p.payment_id}", reverses=p.reverses and f"{name}/{p.reverses}") for p in kept
    ]
    once = {(pause.from_on, pause.reason): pause for pause in pauses}
    return command.Account(name, tuple(dues), tuple(named), tuple(once.values()), rng.choice(CURRENCIES))


@pytest.mark.parametrize("seed", range(20))
def test_a_policy_written_down_is_read_back_whole(seed: int) -> None:
    policy = histories.policy(random.Random(seed))
    read = reading.parse(command.policy_text(policy), file="case.toml")
    assert replace(read, title_en="", title_zh="", version="", sources=()) == replace(
        policy, title_en="", title_zh="", version="", sources=()
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_command_says_what_the_engine_says(seed: int) -> None:
    rng = random.Random(seed)
    policy = histories.policy(rng)
    as_of = histories.START + timedelta(days=180)
    accounts = tuple(account(rng, f"a{number}") for number in range(40))
    rows, _ = command.asked(accounts, policy, as_of)
    for mine in accounts:
        alone = one.age_account(mine.dues, mine.payments, policy=policy, as_of=as_of, pauses=mine.pauses).position
        row = rows[mine.account_id]
        assert {key: row[key] for key in command.told(alone)} == command.told(alone), mine
