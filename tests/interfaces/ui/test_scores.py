"""A score is read aloud with what it rests on; nothing of a stored reason is dropped."""

from __future__ import annotations

import pytest
from django.utils import translation

from arrears.decisions import features
from arrears.interfaces.ui import scores


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(reason: str) -> scores.Score | None:
    return scores.read(reason, prior_weight=50)


def test_one_observation_is_not_shown_as_if_it_were_many():
    told = read("M3/FIRST n=1")
    assert told.rests_on == "mostly public figures; 1 observation of our own"
    assert "1 of our own observations" in told.base
    assert "weigh as much as 50" in told.base


def test_many_stand_for_themselves():
    assert read("M1/REPEAT n=1200").rests_on == "1,200 observations of our own"


def test_each_move_says_what_and_which_way():
    told = read("M1/REPEAT n=60 dpd-19 spend_share+8")
    assert told.moves == [
        "days past due, compared with others in M1: lowers the chance (-19 points)",
        "spending against monthly income, compared with others in M1: raises the chance (+8 points)",
    ]


def test_every_feature_has_its_words():
    assert set(scores.FEATURES) == set(features.CODES)


def test_what_is_not_understood_is_shown_as_it_stands():
    assert read("something older").base == "something older"
    assert read("") is None


def test_without_observations_it_says_when_a_case_counts():
    assert "30 days old" in read("M3/FIRST n=0").base
    assert "30 days old" not in read("M3/FIRST n=1").base
