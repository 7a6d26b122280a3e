"""Timestamps on the wire: ISO 8601 (RFC 3339), HTTP dates (RFC 9110 5.6.7), and seconds since 1970.

Parsed ones are aware, with dateutil's zones as the reference gives them: ``tzutc()`` for a zone that is named, except
that a machine which is itself in that zone, and every plain number, gives ``tzlocal()``.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# -- writing -------------------------------------------------------------------------------------------------------


def as_utc(value: Any) -> datetime:
    """A caller's timestamp in UTC: a ``datetime`` (naive means UTC), seconds since 1970 as number or text, or any text
    that dateutil can read.
    """
    if not isinstance(value, datetime):
        value = parse_timestamp(value)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    converted: datetime = value.astimezone(UTC)
    return converted


def iso8601(value: Any, precision: str = "default") -> str:
    """``2015-01-25T08:00:00Z``; microseconds where there are some, always three digits with ``millisecond``."""
    moment = as_utc(value)
    text = (
        f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}T"
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    )
    if precision == "millisecond":
        return f"{text}.{moment.microsecond // 1000:03d}Z"
    return f"{text}.{moment.microsecond:06d}Z" if moment.microsecond else f"{text}Z"


def unix_timestamp(value: Any, precision: str = "default") -> int | float:
    """Seconds since 1970: whole ones as ``int``, else with the precision's digits; ``legacy`` drops fractions."""
    since = as_utc(value) - _EPOCH
    seconds = since.days * 86400 + since.seconds
    fraction = since.microseconds
    if precision == "millisecond":
        fraction = fraction // 1000 * 1000
    if precision == "legacy" or not fraction:
        return seconds
    return seconds + fraction / 1_000_000


def http_date(value: Any, precision: str = "default") -> str:
    """``Sun, 25 Jan 2015 08:00:00 GMT``."""
    moment = as_utc(value)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year:04d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} GMT"
    )


_WRITERS: dict[str, Callable[[Any, str], Any]] = {
    "iso8601": iso8601,
    "unixtimestamp": unix_timestamp,
    "rfc822": http_date,
}


def timestamp_writer(name: str, precision: str) -> Callable[[Any], Any]:
    """The function that writes timestamps in the model's ``timestampFormat``."""
    write = _WRITERS[name.lower()]
    return lambda value: write(value, precision)


# -- reading -------------------------------------------------------------------------------------------------------


class _Zones:
    """dateutil's zones, which take 7 ms to import; made when the first timestamp is read."""

    local: Any = None
    utc: Any = None

    @classmethod
    def load(cls) -> None:
        from dateutil.tz import tzlocal, tzutc

        cls.local = tzlocal()
        cls.utc = tzutc()

    @classmethod
    def for_z(cls) -> Any:
        """The zone of a trailing ``Z``."""
        if cls.utc is None:
            cls.load()
        return cls.local if "UTC" in time.tzname else cls.utc

    @classmethod
    def gmt(cls) -> Any:
        """UTC, even on a machine in London, whose own zone is called GMT but moves with the summer."""
        if cls.utc is None:
            cls.load()
        return cls.utc


def parse_timestamp(value: Any) -> datetime:
    """A timestamp of a response, aware. Raises ``ValueError`` for what is none."""
    if type(value) is str:
        text = value
    elif isinstance(value, int | float):
        return _from_seconds(value)
    elif isinstance(value, datetime):
        return value
    else:
        text = value if isinstance(value, str) else _as_text(value)
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
        # Beyond what the platform's own calendar reaches.
        try:
            return (_EPOCH + timedelta(seconds=seconds)).astimezone(_Zones.local)
        except OverflowError:
            raise ValueError(f"Invalid timestamp {seconds!r}: it is outside the years 1 to 9999") from None


def _as_text(value: Any) -> str:
    """Other numbers (``Decimal``) and ``bytes`` as text. Raises ``ValueError`` for anything else, dates among it."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        kind = type(value).__name__
        raise ValueError(
            f'Invalid timestamp "{value}": expected datetime, number or text, found {kind}'
        ) from None


def _parse_any(text: str) -> datetime:
    from dateutil.parser import parse

    try:
        parsed: datetime = parse(text, tzinfos={"GMT": _Zones.gmt()})
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f'Invalid timestamp "{text}": {error}') from error
    return parsed
