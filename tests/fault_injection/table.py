"""The table of kinds in ``docs/faults.md``, observed: ``python -m tests.fault_injection.table`` prints it.

Each kind happens to one operation that can have it: always, for what the caller gets, and to the first attempt alone, for what
the default retry mode does about it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sotalia
from sotalia.exceptions import ClientError
from sotalia.fault_injection import KINDS
from tests.client_kinds import Kind, SyncKind
from tests.fault_injection.service import call, well

#: By kind: the operation that the table shows, and settings that the kind needs.
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {name: ("s3.PutObject", {}) for name in KINDS} | {
    "service_failure": ("s3.GetObject", {"code": "NoSuchKey", "status": 404}),
    "transaction_conflict": ("dynamodb.TransactWriteItems", {}),
    "partial_batch": ("dynamodb.BatchWriteItem", {}),
    "error_in_success": ("s3.CopyObject", {}),
    "slow_body": ("s3.GetObject", {}),
    "cut_body": ("s3.GetObject", {}),
    "empty_body": ("s3.ListObjectsV2", {}),
    "corrupt_body": ("s3.ListObjectsV2", {}),
    "wrong_checksum": ("s3.GetObject", {}),
    "conditional_conflict": ("dynamodb.PutItem", {}),
    "expectation_failed": ("s3.PutObject", {}),
}


class Outcome(NamedTuple):
    """What the caller got; how many attempts there were, how many faults, how many requests that reached the service."""

    text: str
    attempts: int
    fired: int
    arrived: int


def outcome(client_kind: Kind, kind: str, *, attempts: list[int] | None = None, **arguments: Any) -> Outcome:
    """What becomes of a kind's sample."""
    name, settings = SAMPLES[kind]
    client = well(client_kind, name.partition(".")[0], **arguments)
    if kind == "expectation_failed":
        from io import BytesIO

        def make() -> Any:
            return client.put_object(Bucket="b", Key="k", Body=BytesIO(b"data"))
    else:

        def make() -> Any:
            return call(client, name)

    with sotalia.faults(KINDS[kind](name, attempts=attempts, **settings)) as faults:
        numbers: list[int] = []
        client.meta.events.around_attempt(lambda c, proceed: numbers.append(c.attempt.number) or proceed())
        try:
            make()
            text = "its result"
        except ClientError as error:
            name, code = type(error).__name__, error.response["Error"]["Code"]
            text = f"`{name}`" if name == code else f"`{name}`: `{code}`"
        except Exception as error:
            text = f"`{type(error).__name__}`"
    return Outcome(text, max(numbers), len(faults.fired), len(client.transport.requests))


def rows() -> list[tuple[str, ...]]:
    """Kind, the sample, whether the service carries it out, what the caller gets, what the default mode does."""
    client_kind = SyncKind()
    found = []
    for kind in KINDS:
        stays = outcome(client_kind, kind)
        passes = outcome(client_kind, kind, attempts=[1])
        is_corrected = stays.attempts == passes.attempts == 2
        if passes.attempts == 1:
            does = "nothing" if passes.text != "its result" else "nothing: there is no error to it"
        elif is_corrected:
            does = "tries once more, corrected"
        else:
            does = f"tries again, {stays.attempts} attempts in all"
        carried_out = {0: "no", stays.attempts: "yes", 2 * stays.attempts: "twice"}
        carried = "once corrected" if is_corrected else carried_out[stays.arrived]
        found.append((kind, SAMPLES[kind][0], carried, stays.text, does))
    client_kind.close()
    return found


def table() -> str:
    """The table in Markdown."""
    lines = [
        "| Kind | What it is | For example | Carried out | You get | The default retry mode |",
        "|---|---|---|---|---|---|",
    ]
    for kind, sample, carried, text, does in rows():
        summary = " ".join((KINDS[kind].__doc__ or "").split("\n\n")[0].split())
        summary = summary.replace(":func:", "").replace("``", "`")
        lines.append(f"| `{kind}` | {summary} | `{sample}` | {carried} | {text} | {does} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
