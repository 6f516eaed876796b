"""Numbers as people write them."""

from __future__ import annotations

import math
from datetime import date

import pytest

from standoff.results.numbers import Numbers
from standoff.results.words import read_words

EN, ZH = Numbers(read_words("en")), Numbers(read_words("zh"))


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0.0, "USD 0", "0美元"),
        (0.4, "USD 0", "0美元"),
        (950.0, "USD 950", "950美元"),
        (12_345.0, "USD 12,300", "1.23万美元"),
        (999_999.0, "USD 1 million", "100万美元"),
        (17_593_137_212.0, "USD 17.6 billion", "176亿美元"),
        (-638_139.0, "USD −638,000", "−63.8万美元"),
        (1.59e12, "USD 1.59 trillion", "1.59万亿美元"),
    ],
)
def test_money_has_three_digits_and_a_magnitude_word(value: float, english: str, chinese: str) -> None:
    assert (EN.usd(value), ZH.usd(value)) == (english, chinese)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1e-9, "0 %"),
        (0.0002, "< 0.1 %"),
        (0.0303, "3.0 %"),
        (0.5, "50 %"),
        (1.2345, "123 %"),
        (-0.25, "−25 %"),
    ],
)
def test_percent(share: float, text: str) -> None:
    assert EN.percent(share) == text


def test_days_and_never() -> None:
    assert EN.days(1) == "1 day"
    assert EN.days(59) == "59 days"
    assert EN.days(math.inf) == "never"
    assert ZH.days(59) == "59天"


def test_dates_in_words() -> None:
    assert EN.day(date(2025, 4, 4)) == "4 April 2025"
    assert ZH.day(date(2025, 4, 4)) == "2025年4月4日"


def test_what_is_not_a_number_is_a_dash() -> None:
    assert EN.cell(math.nan, "percent") == EN.cell(None, "usd") == "–"
    assert EN.cell(None, "text") == ""


@pytest.mark.parametrize("exponent", range(-5, 14))
def test_rounding_keeps_three_digits_of_any_size(exponent: int) -> None:
    value = 1.23456 * 10.0**exponent
    words = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
    number, _, word = EN.plain(value).partition(" ")
    assert float(number.replace(",", "")) * words.get(word, 1.0) == pytest.approx(value, rel=6e-3, abs=6e-7)
