"""What a lease should say, by Python's own calendar: month by month, and no arithmetic on days."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone

EPOCH = date(1970, 1, 1)
CITY_OFFSET = 540  # minutes; the city of the tests lies in UTC+9


def day_number(day):
    return (day - EPOCH).days


def months_later(start, months):
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def due_dates(start, months, end=None):
    """The days on which rent falls due; `end` is the first day without the lease."""
    dates = [months_later(start, k) for k in range(months)]
    return [day for day in dates if end is None or day < end]


def local_date(moment, offset_minutes=CITY_OFFSET):
    """The day on a wall calendar of the city at a Unix time."""
    zone = timezone(timedelta(minutes=offset_minutes))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)).astimezone(zone).date()


def midnight(day, offset_minutes=CITY_OFFSET):
    """Unix time of the first second of a local day."""
    zone = timezone(timedelta(minutes=offset_minutes))
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def due(start, months, rent, moment, offset_minutes=CITY_OFFSET, end=None):
    today = local_date(moment, offset_minutes)
    return rent * sum(1 for day in due_dates(start, months, end) if day <= today)
