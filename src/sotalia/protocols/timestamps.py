"""Timestamps on the wire: ISO 8601 (RFC 3339), HTTP dates (RFC 9110 5.6.7), and seconds since 1970.

Parsed timestamps are aware. Their zones are dateutil's, as in the reference: ``tzlocal()`` for seconds since 1970 and
for ``Z`` on a machine whose zone is called UTC, else ``tzutc()``.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Not strftime: `%a` and `%b` follow the locale.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# -- writing -------------------------------------------------------------------------------------------------------


def as_utc(value: object) -> datetime:
    """A caller's timestamp in UTC.

    You may give a ``datetime`` (naive means UTC), seconds since 1970 as number or text, or any text that dateutil reads.
    """
    moment = value if isinstance(value, datetime) else parse_timestamp(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def iso8601(value: object, precision: str = "default") -> str:
    """``2015-01-25T08:00:00Z``, with microseconds if there are any; ``millisecond`` always writes three digits."""
    moment = as_utc(value)
    text = (
        f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}T"
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    )
    if precision == "millisecond":
        return f"{text}.{moment.microsecond // 1000:03d}Z"
    return f"{text}.{moment.microsecond:06d}Z" if moment.microsecond else f"{text}Z"


def unix_timestamp(value: object, precision: str = "default") -> int | float:
    """Seconds since 1970: an ``int`` if whole, else with the precision's digits. ``legacy`` drops fractions."""
    # Integers, since `datetime.timestamp` rounds through a float.
    since = as_utc(value) - _EPOCH
    seconds = since.days * 86400 + since.seconds
    fraction = since.microseconds
    if precision == "millisecond":
        fraction = fraction // 1000 * 1000
    if precision == "legacy" or not fraction:
        return seconds
    return seconds + fraction / 1_000_000


def http_date(value: object, precision: str = "default") -> str:
    """``Sun, 25 Jan 2015 08:00:00 GMT`` (RFC 9110 5.6.7, IMF-fixdate)."""
    moment = as_utc(value)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year:04d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} GMT"
    )


_WRITERS: dict[str, Callable[[object, str], str | float]] = {
    "iso8601": iso8601,
    "unixtimestamp": unix_timestamp,
    "rfc822": http_date,
}


def timestamp_writer(name: str, precision: str) -> Callable[[Any], Any]:
    """Choose the function that writes timestamps in the model's ``timestampFormat``."""
    write = _WRITERS[name.lower()]
    return lambda value: write(value, precision)


# -- reading -------------------------------------------------------------------------------------------------------


class _Zones:
    """dateutil's zones. Importing it takes 7 ms, so the first timestamp that is read does it."""

    local: tzinfo | None = None
    utc: tzinfo | None = None

    @classmethod
    def load(cls) -> None:
        from dateutil.tz import tzlocal, tzutc

        cls.local = tzlocal()
        cls.utc = tzutc()

    @classmethod
    def for_z(cls) -> tzinfo | None:
        """The zone of a trailing ``Z``."""
        if cls.utc is None:
            cls.load()
        # dateutil's parser prefers the local zone if that has the name which it read.
        return cls.local if "UTC" in time.tzname else cls.utc

    @classmethod
    def gmt(cls) -> tzinfo | None:
        """UTC, even on a machine in London, whose zone is called GMT but has summer time."""
        if cls.utc is None:
            cls.load()
        return cls.utc


def parse_timestamp(value: object) -> datetime:
    """Parse a timestamp of a response. Raises ``ValueError`` if the value is not a timestamp."""
    if type(value) is str:
        text = value
    elif isinstance(value, int | float):
        return _from_seconds(value)
    elif isinstance(value, datetime):
        return value
    else:
        text = value if isinstance(value, str) else _as_text(value)
    # The two formats that services send are read here; dateutil's parser takes fifty times as long.
    if len(text) >= 20 and text[-1] == "Z" and text[4] == "-" and text[10] == "T" and text[13] == ":":
        try:
            return datetime.fromisoformat(text[:-1]).replace(tzinfo=_Zones.for_z())
        except ValueError:
            return _parse_any(text)
    if len(text) == 29 and text.endswith(" GMT"):
        try:
            return datetime(
                int(text[12:16]),
                _MONTH_NUMBERS[text[8:11]],
                int(text[5:7]),
                int(text[17:19]),
                int(text[20:22]),
                int(text[23:25]),
                tzinfo=_Zones.gmt(),
            )
        except (ValueError, KeyError):
            return _parse_any(text)
    try:
        return _from_seconds(float(text))
    except ValueError:
        return _parse_any(text)


def _from_seconds(seconds: float) -> datetime:
    if _Zones.local is None:
        _Zones.load()
    try:
        return datetime.fromtimestamp(seconds, _Zones.local)
    except (OSError, OverflowError, ValueError):
        # Beyond the platform's `localtime`: on Windows that begins in 1970.
        try:
            return (_EPOCH + timedelta(seconds=seconds)).astimezone(_Zones.local)
        except OverflowError:
            raise ValueError(f"Invalid timestamp {seconds!r}: it is outside the years 1 to 9999") from None


def _as_text(value: Any) -> str:
    """Other numbers (``Decimal``) and ``bytes`` as text. Raises ``ValueError`` for anything else, also for dates."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        raise ValueError(
            f'Invalid timestamp "{value}": expected datetime, number or text, found {type(value).__name__}'
        ) from None


def _parse_any(text: str) -> datetime:
    from dateutil.parser import parse

    try:
        parsed: datetime = parse(text, tzinfos={"GMT": _Zones.gmt()})
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f'Invalid timestamp "{text}": {error}') from error
    return parsed
