"""A city's days: local time to the chain's seconds and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from civitas.errors import CivitasError


@dataclass(frozen=True, slots=True)
class Clock:
    """A city's days: its time zone has one offset all year, as the lease contract keeps it."""

    offset_minutes: int

    def period(self, first: date, last: date) -> tuple[int, int]:
        """{s} from the beginning of `first` to the end of `last`. Raises CivitasError."""
        if first > last:
            raise CivitasError(f"the period ends on {last}, before it begins on {first}")
        return self.midnight(first), self.midnight(last + timedelta(days=1))

    def last_second(self, day: date) -> int:
        """{s}"""
        return self.period(day, day)[1] - 1

    def year(self, number: int) -> tuple[int, int]:
        """{s} from the beginning of a year to its end."""
        return self.period(date(number, 1, 1), date(number, 12, 31))

    def month(self, year: int, number: int) -> tuple[int, int]:
        """{s} from the beginning of a month to its end."""
        following = date(year + number // 12, number % 12 + 1, 1)
        return self.midnight(date(year, number, 1)), self.midnight(following)

    def midnight(self, day: date) -> int:
        """{s} The beginning of a local day."""
        return self.hour(day, 0)

    def hour(self, day: date, hour: int) -> int:
        """{s} An hour of a local day."""
        return int(datetime.combine(day, time(hour), self._zone).timestamp())

    def day(self, moment: int) -> date:
        """The local day of a moment."""
        return self._local(moment).date()

    def text(self, moment: int) -> str:
        """A moment in local time, to the second where that says more than the minute."""
        local = self._local(moment)
        return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")

    @property
    def name(self) -> str:
        hours, minutes = divmod(abs(self.offset_minutes), 60)
        return f"UTC{'-' if self.offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"

    @property
    def _zone(self) -> timezone:
        return timezone(timedelta(minutes=self.offset_minutes))

    def _local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment, UTC).astimezone(self._zone)
