"""Times and days around the clock of a world, within business hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

DAY = 86_400
SECOND, WEEK = timedelta(seconds=1), timedelta(weeks=1)
OPENING, HOURS_OPEN = 8 * 3_600, 10
SOME_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)

# An event this many days old is never in the future, whatever the day of the week: squeezing
# a week into office hours moves midnight on Monday to opening time, and nothing any further.
FRESHEST = 0.35


class BusinessCalendar:
    """Gives times in the past and days to come, all on workdays."""

    def __init__(self, now: datetime) -> None:
        # Counted from the Monday before, so that all are small numbers, which are faster.
        self._monday = SOME_MONDAY + (now - SOME_MONDAY) // WEEK * WEEK
        self._now = (now - self._monday) // SECOND
        self.today = now.astimezone(UTC).date()
        self._days: dict[int, date] = {}
        self._month_ends: dict[date, date] = {}

    def ago(self, days: float) -> datetime:
        """A time about this many days ago, between opening and closing time.

        The seven days of a week are squeezed into five working days: what was earlier stays earlier.
        """
        workday, second = divmod((self._now - int(days * DAY)) * 5 // 7, DAY)
        opened = (workday + workday // 5 * 2) * DAY + OPENING  # after every five days, a weekend
        return self._monday + SECOND * (opened + second * HOURS_OPEN // 24)

    def day(self, ahead: int) -> date:
        """The workday this many days ahead (negative: in the past), or the Friday before a weekend."""
        if ahead not in self._days:  # deals share their days: each takes memory once
            day = self.today + timedelta(days=ahead)
            self._days[ahead] = day - timedelta(days=max(0, day.weekday() - 4))
        return self._days[ahead]

    def month_end(self, day: date) -> date:
        """The last day of this day's month."""
        if day not in self._month_ends:
            self._month_ends[day] = month_end(day)
        return self._month_ends[day]


def month_end(day: date) -> date:
    """The last day of this day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
