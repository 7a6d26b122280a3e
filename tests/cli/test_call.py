"""The command ``sotalia call``: names, parameters, pages, forms of output, bodies, events."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.cli import results
from sotalia.cli.parameters import Value, json_object
from sotalia.model.service import ServiceModel
from tests.cli.conftest import Shell


def called(shell: Shell, *words: Any, source: bytes = b"") -> Any:
    """The result, read as JSON, of a call that must go well."""
    code, out, err = shell("call", *words, source=source)
    assert (code, err) == (0, "")
    return json.loads(out) if out else None


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["list-objects-v2", "list_objects_v2", "ListObjectsV2"])
@pytest.mark.parametrize("flag", ["--bucket=BUCKET", "--Bucket=BUCKET"])
def test_names(shell: Shell, operation: str, flag: str) -> None:
    shell.put("a", "b")
    found = called(shell, "s3", operation, flag)
    assert [item["Key"] for item in found["Contents"]] == ["a", "b"]
    assert "ResponseMetadata" not in found


def test_lists_of_names(shell: Shell) -> None:
    assert {"s3", "ec2", "logs"} <= set(shell.lines("call"))
    operations = shell.lines("call", "s3")
    assert "list-objects-v2" in operations
    assert operations == sorted(operations)
    assert json.loads(shell("call", "s3", "--json")[1]) == operations


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["s33"], "there is no service 's33': did you mean 's3'"),
        ([""], "there is no service ''; sotalia call lists all"),
        (["s3", ""], "s3 has no operation ''; sotalia call s3 lists all"),
        (["dynamo"], "did you mean 'dynamodb'"),
        (["qqqqqq"], "there is no service 'qqqqqq'; sotalia call lists all"),
        (["s3", "list-object-v2"], "did you mean 'list-objects-v2'"),
        (["s3", "LstObjectsV2"], "did you mean 'list-objects-v2'"),
        (["s3", "zzzzzz"], "s3 has no operation 'zzzzzz'; sotalia call s3 lists all"),
        (["s3", "head-bucket", "--bukcet", "b"], "'--bucket'"),
        (["s3", "head-bucket"], "HeadBucket needs --bucket"),
        (["s3", "put-object", "--key", "k"], "PutObject needs --bucket"),
        (["s3", "head-bucket", "--bucket", "b", "--query", "a["], "'a[' is no JMESPath expression"),
        (["s3", "head-bucket", "--bucket", "b", "--max-items", "3"], "--max-items: HeadBucket has no pages"),
        (["s3", "list-buckets", "--max-items", "0"], "--max-items"),
        (["s3", "list-buckets", "--table", "--output", "text"], "not both"),
        (["s3", "list-buckets", "--output", "yaml"], "--output"),
        (["s3", "list-buckets", "--max-buckets", "x"], "'x' is no number"),
        (["s3", "list-buckets", "--params", "[]"], "it takes an object"),
        (["s3", "list-buckets", "--params", "{"], "is no JSON"),
        (["s3", "list-buckets", "--params", "@none.json"], "none.json: No such file"),
        (["s3", "put-object", "--bucket", "b", "--key", "k", "--body", "@none"], "none: No such file"),
        (["dynamodb", "put-item", "--table-name", "t", "--item", "text"], "neither JSON nor NAME=VALUE"),
        (["ec2", "describe-instances", "--filters", "Nam=x"], "with names of Name, Values"),
        (["s3", "list-buckets", "stray"], "stray"),
    ],
)
def test_mistakes(shell: Shell, words: list[str], expected: str) -> None:
    """Nothing is sent: each is a mistake of the command line."""
    code, out, err = shell("call", *words)
    assert (code, out) == (2, "")
    assert expected in err
    assert len(err.splitlines()) == 1
    assert "--help'" in err


def test_an_error_of_the_service(shell: Shell) -> None:
    code, out, err = shell("call", "s3", "get-object", "--bucket", "BUCKET", "--key", "none")
    assert (code, out) == (1, "")
    assert "NoSuchKey" in err


def test_help_tells_parameters(shell: Shell) -> None:
    text = "\n".join(shell.lines("call", "s3", "list-objects-v2", "--help"))
    parameters = text.partition("Parameters:")[2].partition("Options:")[0]
    assert "--start-after TEXT" in parameters
    assert "--max-keys NUMBER" in parameters
    assert "--fetch-owner / --no-fetch-owner" in parameters
    assert "(required," in parameters
    assert text.endswith("sotalia call s3 list-objects-v2 --bucket ...")
    assert "list-objects-v2" in "\n".join(shell.lines("call", "s3", "--help"))


def test_common_options_may_stand_anywhere(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    url = shell.aws.endpoint_url
    for words in (
        ["--endpoint-url", url, "call", "s3", "list-buckets"],
        ["call", "--endpoint-url", url, "s3", "list-buckets"],
        ["call", "s3", "--endpoint-url", url, "list-buckets"],
        ["call", "s3", "list-buckets", "--endpoint-url", url],
    ):
        assert shell(*words, "--query", "Owner.DisplayName")[:2] == (0, '"webfile"\n')


# -- parameters ----------------------------------------------------------------------------------------------------


def test_types(shell: Shell) -> None:
    table = f"t-{shell.bucket}"
    called(
        shell,
        *("dynamodb", "create-table", "--table-name", table, "--billing-mode", "PAY_PER_REQUEST"),
        *("--attribute-definitions", "AttributeName=id,AttributeType=S"),
        *("--attribute-definitions", '{"AttributeName": "n", "AttributeType": "N"}'),
        *(
            "--key-schema",
            '[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]',
        ),
    )
    (shell.folder / "item.json").write_text('{"id": {"S": "é"}, "n": {"N": "1"}, "b": {"BOOL": true}}')
    assert called(shell, "dynamodb", "put-item", "--table-name", table, "--item", "@item.json") is None
    called(
        shell,
        "dynamodb",
        "put-item",
        "--params",
        json.dumps({"TableName": table}),
        "--item",
        "file://item.json",
    )
    found = called(shell, "dynamodb", "scan", "--table-name", table, "--consistent-read", "--limit", "5")
    assert found["Items"] == [{"id": {"S": "é"}, "n": {"N": "1"}, "b": {"BOOL": True}}]
    keys = called(
        shell, "dynamodb", "describe-table", "--params", "-", source=json.dumps({"TableName": table}).encode()
    )
    assert [key["KeyType"] for key in keys["Table"]["KeySchema"]] == ["HASH", "RANGE"]


def test_lists_of_scalars_and_maps(shell: Shell) -> None:
    found = called(
        shell,
        *(
            "sqs",
            "create-queue",
            "--queue-name",
            shell.bucket,
            "--attributes",
            "DelaySeconds=3,VisibilityTimeout=9",
        ),
        *("--tags", '{"team": "a,b=c"}'),
    )
    url = found["QueueUrl"]
    words = ["sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "DelaySeconds"]
    found = called(shell, *words, "--attribute-names", "VisibilityTimeout")
    assert found["Attributes"] == {"DelaySeconds": "3", "VisibilityTimeout": "9"}
    found = called(shell, *words[:-2], "--attribute-names", '["DelaySeconds"]')
    assert found["Attributes"] == {"DelaySeconds": "3"}
    assert called(shell, "sqs", "list-queue-tags", "--queue-url", url) == {"Tags": {"team": "a,b=c"}}


@pytest.mark.parametrize(
    ("body", "source", "expected"),
    [
        ("text é", b"", "text é".encode()),
        ("@file", b"", b"\x00\xff of a file"),
        ("fileb://file", b"", b"\x00\xff of a file"),
        ("@-", b"\x00\xff" * 5000, b"\x00\xff" * 5000),
        ("@@file", b"", b"@file"),
        ("", b"", b""),
    ],
)
def test_bodies(shell: Shell, body: str, source: bytes, expected: bytes) -> None:
    (shell.folder / "file").write_bytes(b"\x00\xff of a file")
    called(shell, "s3", "put-object", "--bucket", "BUCKET", "--key", "k", "--body", body, source=source)
    with shell.aws.client("s3") as s3:
        assert s3.get_object(Bucket=shell.bucket, Key="k")["Body"].read() == expected


def test_a_value_that_the_model_does_not_know_is_sent_with_a_warning(shell: Shell) -> None:
    words = ["--bucket", "BUCKET", "--key", "k", "--storage-class", "STANDARD-IA", "--body", "x"]
    code, _, err = shell("call", "s3", "put-object", *words)
    assert code in (0, 1)
    assert (
        "warning: --storage-class: the model does not know 'STANDARD-IA'; did you mean 'STANDARD_IA'?" in err
    )


SHAPES = ServiceModel(
    {
        "shapes": {
            "Text": {"type": "string"},
            "Count": {"type": "integer"},
            "Switch": {"type": "boolean"},
            "Blob": {"type": "blob"},
            "Texts": {"type": "list", "member": {"shape": "Text"}},
            "Counts": {"type": "list", "member": {"shape": "Count"}},
            "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
            "Inner": {
                "type": "structure",
                "members": {
                    "Name": {"shape": "Text"},
                    "Values": {"shape": "Texts"},
                    "On": {"shape": "Switch"},
                },
            },
            "Inners": {"type": "list", "member": {"shape": "Inner"}},
        }
    },
    "made-up",
)


@pytest.mark.parametrize(
    ("shape", "text", "expected"),
    [
        ("Text", "{}", "{}"),
        ("Count", "-7", -7),
        ("Texts", "a,b", "a,b"),
        ("Texts", '["a", "b"]', ["a", "b"]),
        ("Counts", "7", 7),
        ("Map", "a=1,b=2", {"a": "1", "b": "2"}),
        ("Map", "a=1=2,3", {"a": "1=2,3"}),
        ("Inner", "Name=n,Values=x,y", {"Name": "n", "Values": ["x", "y"]}),
        ("Inner", "Name=a=b,On=TRUE", {"Name": "a=b", "On": True}),
        ("Inners", "Name=n", {"Name": "n"}),
        ("Inner", ' {"Any": 1}', {"Any": 1}),
        ("Blob", "@@", b"@"),
    ],
)
def test_values(shape: str, text: str, expected: object) -> None:
    assert Value(SHAPES.shape_for(shape)).convert(text, None, None) == expected


@given(st.sampled_from(sorted(SHAPES.shape_names)), st.text(max_size=40))
def test_any_text_is_a_value_or_a_mistake(shape: str, text: str) -> None:
    if text.startswith(("@", "file")):
        return
    try:
        Value(SHAPES.shape_for(shape)).convert(text, None, None)
    except click.BadParameter:
        pass


@given(st.text(max_size=40))
def test_any_text_is_an_object_or_a_mistake(text: str) -> None:
    if text.startswith("@") or text == "-":
        return
    try:
        assert isinstance(json_object(text), dict)
    except click.BadParameter:
        pass


def test_json_of_many_levels() -> None:
    with pytest.raises(click.BadParameter, match="JSON"):
        json_object("[" * 100_000)


# -- pages ---------------------------------------------------------------------------------------------------------


def test_all_pages(shell: Shell) -> None:
    shell.put(*"abcde")
    words = ["s3", "list-objects-v2", "--bucket", "BUCKET"]
    keys = ["--query", "Contents[].Key"]
    assert called(shell, *words, "--page-size", "2", *keys) == list("abcde")
    assert called(shell, *words, "--page-size", "2", "--no-paginate", *keys) == list("abcde")
    assert called(shell, *words, "--max-keys", "2", *keys) == ["a", "b"]
    first = called(shell, *words, "--max-items", "2", "--page-size", "1")
    assert [item["Key"] for item in first["Contents"]] == ["a", "b"]
    rest = called(shell, *words, "--starting-token", first["NextToken"], *keys)
    assert rest == ["c", "d", "e"]


def test_lines_are_items(shell: Shell) -> None:
    shell.put(*"abc")
    words = ["call", "s3", "list-objects-v2", "--bucket", "BUCKET", "--page-size", "1"]
    for form in (["--json"], ["--output", "lines"]):
        rows = [json.loads(line) for line in shell.lines(*words, *form)]
        assert [row["Key"] for row in rows] == ["a", "b", "c"]
    assert shell.lines(*words, "--json", "--query", "Contents[].Size") == ["1", "1", "1"]


# -- output --------------------------------------------------------------------------------------------------------

NESTED: dict[str, Any] = {"A": [{"K": "x", "N": 1}, {"K": "y\x1b[2J", "M": {"a": [1]}}], "B": True, "C": []}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\tb\n", "a\\tb\\n\n"),
        (None, ""),
        ({}, ""),
        (0, "0\n"),
        ([1, None, True, "x"], "1\t\ttrue\tx\n"),
        ([["a", 1], ["b", 2]], "a\t1\nb\t2\n"),
        ([], "\n"),
        (NESTED["A"], 'x\t1\t\ny\\x1b[2J\t\t{"a": [1]}\n'),
        ({"a": 1, "b": {"c": "d"}}, "a\t1\nb\tc\td\n"),
        (b"\xff", "/w==\n"),
        (b"text", "text\n"),
    ],
)
def test_text(capsys: pytest.CaptureFixture[str], value: Any, expected: str) -> None:
    results.show(value, "text")
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    "value", [NESTED, NESTED["A"], [["a", 1], ["b"]], [1, 2], "x", [], {"a": None}, [{}, "x"]]
)
@pytest.mark.parametrize("form", results.FORMATS)
def test_every_form_shows_every_value(capsys: pytest.CaptureFixture[str], value: Any, form: str) -> None:
    results.show(value, form)
    assert "\x1b" not in capsys.readouterr().out


def test_tables(shell: Shell) -> None:
    shell.put("[bold]a[/bold]", "b" * 200)
    words = ["call", "s3", "list-objects-v2", "--bucket", "BUCKET"]
    for flags in (["--table"], ["--output", "table"]):
        text = "\n".join(shell.lines(*words, *flags))
        assert "Contents" in text
        assert "[bold]a[/bold] " in text
        assert "b" * 200 in text


def test_bodies_go_to_stdout_or_a_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.put("k", Body=b"text")
    words = ["call", "s3", "get-object", "--bucket", "BUCKET", "--key", "k"]
    assert shell(*words) == (0, "text", "")
    code, out, _ = shell(*words, "--out", "file", "--query", "ContentLength")
    assert (code, out) == (0, "4\n")
    assert (shell.folder / "file").read_bytes() == b"text"
    assert shell("call", "s3", "list-buckets", "--out", "file")[0] == 2
    assert shell(*words, "--out", "none/file")[0] == 1
    assert sorted(path.name for path in shell.folder.iterdir()) == ["file"]


def test_a_body_that_is_no_text_does_not_go_to_a_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.put("k", Body=b"\x00\x01")
    words = ["call", "s3", "get-object", "--bucket", "BUCKET", "--key", "k"]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = shell(*words)
    assert (code, out) == (1, "")
    assert "give --out FILE" in err
    assert shell(*words, "--out", "-")[:2] == (0, "\x00\x01")


def test_events_are_lines(shell: Shell) -> None:
    shell.put("k", Body=b"a,b\n1,2\n")
    words = [
        "--bucket",
        "BUCKET",
        "--key",
        "k",
        "--expression",
        "select * from s3object",
        "--expression-type",
        "SQL",
    ]
    forms = [
        "--input-serialization",
        '{"CSV": {"FileHeaderInfo": "USE"}}',
        "--output-serialization",
        '{"JSON": {}}',
    ]
    rows = [json.loads(line) for line in shell.lines("call", "s3", "select-object-content", *words, *forms)]
    assert rows[0]["Records"]["Payload"].startswith('{"a":')
    assert "End" in rows[-1]


def test_quiet(shell: Shell) -> None:
    assert shell("call", "s3", "list-buckets", "-q") == (0, "", "")


def test_logs_of_a_call(shell: Shell) -> None:
    _, _, err = shell("call", "s3", "list-buckets", "-q", "--log", "info")
    # pytest's handlers take the line; without them it would be here.
    assert "Traceback" not in err


def test_parameters_whose_flags_are_ours(shell: Shell) -> None:
    """``--query`` chooses from the result; the parameter of this name has another flag."""
    text = "\n".join(shell.lines("call", "cloudsearchdomain", "search", "--help"))
    assert "--query-parser" in text
    assert "--query-parameter" in text


def test_nothing_is_kept_open(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    original = io.open

    def noting(path: Any, *arguments: Any, **named: Any) -> Any:
        file = original(path, *arguments, **named)
        opened.append(file)
        return file

    (shell.folder / "body").write_bytes(b"x")
    monkeypatch.setattr("builtins.open", noting)
    called(shell, "s3", "put-object", "--bucket", "BUCKET", "--key", "k", "--body", "@body")
    assert [file for file in opened if str(getattr(file, "name", "")) == "body" and file.closed]
    assert Path("body").exists()
