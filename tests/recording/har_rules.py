"""What HAR 1.2 says of an archive, as a schema: its names, which of them must be there, and what they hold.

Written from the text of the format (http://www.softwareishard.com/blog/har-12-spec/), and stricter than the schemas that are
published: names that the format does not have begin with ``_``, numbers are not negative but for ``-1`` where the format gives it a meaning.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
SIZE = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": 0}
MAYBE_TIME = {"anyOf": [TIME, {"const": -1}]}
DATE = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$",
}


def thing(optional: dict[str, Any], **needed: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **optional, "comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def several(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


PAIRS = several(thing({}, name=TEXT, value=TEXT))
POST_DATA = thing({}, mimeType=TEXT, params=several(thing({"value": TEXT}, name=TEXT)), text=TEXT)
REQUEST = thing(
    {"postData": POST_DATA},
    method={"type": "string", "minLength": 1},
    url=TEXT,
    httpVersion=TEXT,
    cookies=PAIRS,
    headers=PAIRS,
    queryString=PAIRS,
    headersSize=SIZE,
    bodySize=SIZE,
)
CONTENT = thing({"text": TEXT, "encoding": TEXT, "compression": COUNT}, size=COUNT, mimeType=TEXT)
RESPONSE = thing(
    {},
    status=COUNT,
    statusText=TEXT,
    httpVersion=TEXT,
    cookies=PAIRS,
    headers=PAIRS,
    content=CONTENT,
    redirectURL=TEXT,
    headersSize=SIZE,
    bodySize=SIZE,
)
TIMINGS = thing(
    {"blocked": MAYBE_TIME, "dns": MAYBE_TIME, "connect": MAYBE_TIME, "ssl": MAYBE_TIME},
    send=TIME,
    wait=TIME,
    receive=TIME,
)
ENTRY = thing(
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
    startedDateTime=DATE,
    time=TIME,
    request=REQUEST,
    response=RESPONSE,
    cache=thing({}),
    timings=TIMINGS,
)
PAGE = thing(
    {},
    startedDateTime=DATE,
    id=TEXT,
    title=TEXT,
    pageTimings=thing({"onContentLoad": MAYBE_TIME, "onLoad": MAYBE_TIME}),
)
PROGRAM = thing({}, name=TEXT, version=TEXT)
SCHEMA = thing(
    {},
    log=thing(
        {"browser": PROGRAM, "pages": several(PAGE)},
        version={"const": "1.2"},
        creator=PROGRAM,
        entries=several(ENTRY),
    ),
)


def checked(text: str) -> Any:
    """The log of an archive that is as the format says: by the schema, and by what no schema can say."""
    from jsonschema import Draft202012Validator

    archive = json.loads(text, parse_constant=_refuse)
    Draft202012Validator(SCHEMA).validate(archive)
    log = archive["log"]
    pages = [page["id"] for page in log["pages"]]
    assert len(pages) == len(set(pages))
    for entry in log["entries"]:
        assert entry.get("pageref", *pages[:1]) in pages or "pageref" not in entry
        _check_numbers(entry)
        url = urlsplit(entry["request"]["url"])
        assert url.scheme in ("http", "https")
        assert url.netloc
        assert re.fullmatch(r"[!-~]+", entry["request"]["url"])
        if "serverIPAddress" in entry:
            ip_address(entry["serverIPAddress"])
    dates = [datetime.fromisoformat(entry["startedDateTime"]) for entry in log["entries"]]
    assert dates == sorted(dates)
    return log


def _check_numbers(entry: Any) -> None:
    timings = entry["timings"]
    total = sum(value for name, value in timings.items() if name != "ssl" and value >= 0)
    assert abs(total - entry["time"]) <= 1e-3 + total * 1e-12
    assert timings["ssl"] <= timings["connect"]


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is no number of JSON")
