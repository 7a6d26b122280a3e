"""Timestamps in all forms, read and written as the reference does, whatever zone the machine is in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import botocore.utils
import pytest

from sotalia.protocols.timestamps import as_utc, http_date, iso8601, parse_timestamp, unix_timestamp

READ = [
    "2020-07-02T03:04:05Z",
    "2020-01-02T03:04:05.123456Z",
    "2020-07-02T03:04:05.1Z",
    "2020-07-02T03:04:05+02:00",
    "2020-07-02T03:04:05",
    "2020-07-02",
    "20200702T030405Z",
    "Thu, 02 Jul 2020 03:04:05 GMT",
    "Thu, 02 Jan 2020 03:04:05 GMT",
    "Thu, 2 Jul 2020 03:04:05 GMT",
    "Thursday, 02-Jul-2020 03:04:05 GMT",
    "Thu, 02 Jul 2020 03:04:05 UTC",
    "Thu Jul  2 03:04:05 2020",
    "1593658800",
    "1593658800.5",
    "-1",
    1593658800,
    1593658800.25,
    -62135400000,
    253402200000,
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
]
NONE = ["", "yesterday", "2020-13-01T00:00:00Z", "Thu, 99 Jul 2020 03:04:05 GMT", "nan", "inf", 1e300]
ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Abidjan"]
_PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
from botocore.utils import parse_timestamp as theirs
from sotalia.protocols.timestamps import parse_timestamp as ours
told = lambda moment: [moment.isoformat(), repr(moment.tzinfo), moment.timestamp() if moment.year > 1 else 0]
print(json.dumps([[told(read(value)) for value in json.loads(sys.argv[1])] for read in (ours, theirs)]))
"""


@pytest.mark.parametrize("zone", ZONES)
def test_reading_in_any_zone(zone: str) -> None:
    """In a process of its own: the zone of a process is settled early."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, json.dumps(READ)],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    ours, theirs = json.loads(ran.stdout)
    assert dict(zip(map(str, READ), ours, strict=True)) == dict(zip(map(str, READ), theirs, strict=True))


@pytest.mark.parametrize("value", NONE)
def test_what_is_no_timestamp(value: Any) -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        parse_timestamp(value)


@pytest.mark.parametrize("value", [date(2020, 1, 2), None, [], object()])
def test_types_that_are_no_timestamp(value: Any) -> None:
    with pytest.raises(ValueError, match="expected datetime, number or text, found"):
        parse_timestamp(value)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2020, 1, 2, 3, 4, 5),
        datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        1577934245,
        1577934245.5,
        "1577934245",
        "2020-01-02",
        b"2020-01-02T03:04:05Z",
        Decimal("1577934245.5"),
    ],
)
def test_writing(value: Any) -> None:
    moment = botocore.utils.parse_to_aware_datetime(value).astimezone(UTC)
    assert as_utc(value) == moment
    fraction = moment.strftime(".%f") if moment.microsecond else ""
    assert iso8601(value) == moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"
    assert iso8601(value, "millisecond").endswith(f".{moment.microsecond // 1000:03d}Z")
    assert unix_timestamp(value) == moment.timestamp()
    assert unix_timestamp(value, "legacy") == int(moment.timestamp())
    assert http_date(value) == moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
