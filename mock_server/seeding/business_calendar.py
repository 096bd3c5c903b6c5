"""Moments and days around the clock of a world, as a business keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

DAY = 86_400
WEEK = 7 * DAY
OPENING, HOURS_OPEN = 8 * 3_600, 10
SOME_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)

# An event this many days old is never in the future, wherever in the week the clock stands:
# squeezing a week into office hours moves a Monday's midnight to its opening, and that is the most.
FRESHEST = 0.35


class BusinessCalendar:
    """Tells moments in the past and days to come, all on workdays."""

    def __init__(self, now: datetime) -> None:
        self._now = (now - SOME_MONDAY) // timedelta(seconds=1)
        self.today = now.astimezone(UTC).date()

    def ago(self, days: float) -> datetime:
        """A moment about so many days ago, between opening and closing time.

        The seven days of a week are squeezed into five working days: what was earlier stays earlier.
        """
        week, second = divmod(self._now - int(days * DAY), WEEK)
        workday, rest = divmod(second * 5 // 7, DAY)
        opened = week * WEEK + workday * DAY + OPENING
        return SOME_MONDAY + timedelta(seconds=opened + rest * HOURS_OPEN // 24)

    def day(self, ahead: int) -> date:
        """The workday so many days ahead (negative: gone), or the Friday before a weekend."""
        day = self.today + timedelta(days=ahead)
        return day - timedelta(days=max(0, day.weekday() - 4))


def month_end(day: date) -> date:
    """The last day of this day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
