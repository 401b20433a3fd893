"""Days belong to places: the date, the day's bounds and the working days of where the borrower lives."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel import calendars, clock

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
zones = st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"])


class TestBusinessDate:
    def test_is_the_date_where_the_borrower_lives(self):
        at = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
        assert clock.business_date(at, "Asia/Shanghai") == date(2026, 11, 24)
        assert clock.business_date(at, "America/New_York") == date(2026, 11, 23)

    @given(moments, zones)
    def test_every_moment_lies_in_its_own_day(self, at, zone):
        on = clock.business_date(at, zone)
        start, end = (clock.at_local(day, time(0), zone) for day in (on, on + timedelta(days=1)))
        assert start <= at < end
        assert timedelta(hours=22) < end - start < timedelta(hours=26)

    def test_a_local_time_knows_daylight_saving(self):
        before = clock.at_local(date(2026, 3, 7), time(8), "America/New_York")
        after = clock.at_local(date(2026, 3, 8), time(8), "America/New_York")
        assert after - before == timedelta(hours=23)

    def test_the_books_clock_stands_on_the_books_date(self):
        now = clock.BooksClock(date(2017, 2, 28), "Asia/Shanghai").now()
        assert clock.business_date(now, "Asia/Shanghai") == date(2017, 2, 28)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("on", "working"),
        [
            (date(2026, 10, 1), False),  # National Day
            (date(2026, 10, 10), True),  # a Saturday worked to make up for it
            (date(2026, 11, 22), False),  # a Sunday
            (date(2026, 11, 23), True),
        ],
    )
    def test_of_china_know_the_make_up_days(self, on, working):
        assert calendars.is_working_day(on, "CN") is working

    def test_where_no_calendar_is_known_weekends_are_free(self):
        assert not calendars.is_working_day(date(2026, 11, 22), "ZZ")

    def test_the_next_working_day_is_the_day_itself_when_it_is_one(self):
        assert calendars.next_working_day(date(2026, 11, 23), "CN") == date(2026, 11, 23)
        assert calendars.next_working_day(date(2026, 10, 1), "CN") == date(2026, 10, 8)
