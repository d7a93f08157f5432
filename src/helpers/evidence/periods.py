"""Dates as the evidence writes them: partial dates, calendar and fiscal periods, ranges.

A period is parsed once, here; the text as written is kept beside it. Fiscal years without a stated end are those
of NVIDIA (year ends on the last Sunday of January) and are marked by the text `FY`.
"""

import calendar
import re
from datetime import date, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """The first and last day that a fact is true of; `None` where the text sets no bound."""

    start: date | None
    end: date | None


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])(?: \(.*\))?$")
_HALF = re.compile(r"(\d{4})-H([12])$")
_FISCAL = re.compile(r"FY(\d{4})(?:-([QH])([1-4]))?$")
_ENDED = re.compile(r"FY(\d{4})(?:-(Q)([1-4]))? \((year|quarter) (?:ended|ending|to) (.+)\)$")
_FIRST_NINE = re.compile(r"(FY)?(\d{4}) first nine months$")
_NAMED_DAY = re.compile(r"(\d{1,2}) (\w+) (\d{4})$")
_TIMELESS = ("potential", "undated")


def parse_partial(text: str) -> Period:
    """First and last day of a date that may lack its day or month: `2024-07` is 1 to 31 July 2024.

    Raises ValueError when the text is no such date.
    """
    found = _PARTIAL.match(text.strip())
    if not found:
        raise ValueError(f"not a date (YYYY, YYYY-MM or YYYY-MM-DD): {text!r}")
    year, month, day = (int(part) if part else None for part in found.groups())
    if day:
        return Period(date(year, month, day), date(year, month, day))
    if month:
        return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return Period(date(year, 1, 1), date(year, 12, 31))


def knowable_from(text: str) -> date:
    """The last day of a `published` date: the first day on which it was certainly known."""
    return parse_partial(text).end


def parse_period(text: str) -> Period:
    """First and last day of a period in any shape the evidence uses.

    Raises ValueError for a shape that is not known, so that a typing error never becomes a silent blank.
    """
    text = text.strip()
    for shape in (_single, _bounded, _span):
        period = shape(text)
        if period:
            return period
    raise ValueError(
        f"not a period: {text!r} (expected for example 2024, 2024-06, 2024-06-30, 2024-Q3, 2024-H1, FY2025, "
        "FY2025-Q1 (quarter ended 2024-04-28), 2024/2025, to 2024-12, before 2022-10)"
    )


def _single(text: str) -> Period | None:
    if _PARTIAL.match(text):
        return parse_partial(text)
    if found := _QUARTER.match(text):
        return _months(int(found[1]), 3 * int(found[2]) - 2, 3 * int(found[2]))
    if found := _HALF.match(text):
        return _months(int(found[1]), 6 * int(found[2]) - 5, 6 * int(found[2]))
    if found := _ENDED.match(text):
        end = _day(found[5])
        filed = _nvidia_fiscal(int(found[1]), found[2], int(found[3] or 0))
        return (
            filed if filed.end == end else Period(_months_before(end, 12 if found[4] == "year" else 3), end)
        )
    if found := _FISCAL.match(text):
        return _nvidia_fiscal(int(found[1]), found[2], int(found[3] or 0))
    if found := _FIRST_NINE.match(text):
        start = _nvidia_fiscal(int(found[2]), "Q", 1).start if found[1] else date(int(found[2]), 1, 1)
        end = _nvidia_fiscal(int(found[2]), "Q", 3).end if found[1] else date(int(found[2]), 9, 30)
        return Period(start, end)
    if found := re.match(r"(\d{4})-mid$", text):
        return Period(date(int(found[1]), 6, 30), date(int(found[1]), 6, 30))
    if found := re.match(r"(\d{4}-\d{2}-\d{2}) \d{2}:\d{2}$", text):
        return parse_partial(found[1])
    return None


def _bounded(text: str) -> Period | None:
    if any(word in text for word in _TIMELESS):
        return Period(None, None)
    if found := re.match(r"before (\d{4}(?:-\d{2})?)(?: rule)?$", text):
        return Period(None, parse_partial(found[1]).start)
    if found := re.match(r"(?:to|until) (\S+)$", text):
        return Period(None, parse_partial(found[1]).end)
    if found := re.match(r"four quarters to (\d{4}-\d{2})$", text):
        end = parse_partial(found[1]).end
        return Period(_months_before(end, 12), end)
    if found := re.match(r"(?:end-)(\d{4})$", text):
        return Period(date(int(found[1]), 12, 31), date(int(found[1]), 12, 31))
    return None


def _span(text: str) -> Period | None:
    if found := re.match(r"(\d{4})-(\d{4})$", text):
        return Period(date(int(found[1]), 1, 1), date(int(found[2]), 12, 31))
    for joint in (" to ", "/", "-"):
        left, found, right = text.partition(joint)
        if not found:
            continue
        first, last = _single(left), _single(right)
        if first and last:
            return Period(first.start, last.end)
    return None


def _months(year: int, first: int, last: int) -> Period:
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _months_before(end: date, months: int) -> date:
    """The first day of the window of that many months that ends on `end` (fiscal ends move by a few days)."""
    total = end.year * 12 + end.month - 1 - months + (1 if end.day >= 15 else 0)
    return date(total // 12, total % 12 + 1, 1)


def _day(text: str) -> date:
    if found := _NAMED_DAY.match(text):
        month = list(calendar.month_name).index(found[2])
        return date(int(found[3]), month, int(found[1]))
    return parse_partial(text).end


def _nvidia_fiscal(year: int, part: str | None, number: int) -> Period:
    """NVIDIA's fiscal year N ends on the last Sunday of January of N; its quarters on those of April, July, October.

    A period begins the day after the one before it ends, so a year has 52 or 53 weeks and no gap.
    """
    ends = [_last_sunday(year - 1, month) for month in (1, 4, 7, 10)] + [_last_sunday(year, 1)]
    first, last = {"Q": (number - 1, number), "H": (2 * number - 2, 2 * number)}.get(part, (0, 4))
    return Period(ends[first] + timedelta(days=1), ends[last])


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, last.day - (last.weekday() + 1) % 7)
