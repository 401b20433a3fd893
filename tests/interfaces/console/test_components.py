"""The ui kit: every component on its page, and the tags that write money."""

import pytest
from django.template import Context, Template
from django.utils import translation

from arrears.interfaces.ui.templatetags.ui import MoneyWithoutCurrency, amount_text, compact_text


@pytest.mark.django_db
def test_every_component_stands_on_the_page_of_examples(enter):
    page = enter("ADMIN").get("/components/").content.decode()

    for made in ("badge pill-danger", "empty-title", "timeline-event", "data-chart", "kpi-value", "<details", "pager"):
        assert made in page
    assert "<c-" not in page
    assert 'style="' not in page


class TestMoney:
    @pytest.mark.parametrize(
        ("minor", "currency", "told"),
        [(123456789, "CNY", "1,234,567.89"), (-5, "CNY", "−0.05"), (1234, "JPY", "1,234"), (1, "KWD", "0.001")],
    )
    def test_it_is_exact_and_grouped(self, minor, currency, told):
        assert amount_text(minor, currency) == told

    def test_without_a_currency_it_is_an_error_not_a_guess(self):
        with pytest.raises(MoneyWithoutCurrency):
            Template('{% load ui %}{% money 100 "" %}').render(Context())

    def test_a_rounded_amount_speaks_the_readers_language(self):
        with translation.override("zh-hans"):
            assert compact_text(12_345_678_900, "CNY") == "1.23 亿"
            assert compact_text(1_300_000, "CNY") == "1.3 万"
            assert compact_text(200_000_000, "CNY") == "200 万"
        with translation.override("en"):
            assert compact_text(12_345_678_900, "CNY") == "123.5 M"
