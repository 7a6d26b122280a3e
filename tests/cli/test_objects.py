"""The commands for objects in S3: what they print, what they do, how they end."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from sotalia.cli import exit_codes
from tests.cli.conftest import Shell


def test_ls(shell: Shell) -> None:
    shell.put("a.txt", "p/b", "p/d/c", "p/d/\x1b[31m")
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    (line,) = [line for line in shell.lines("ls") if "BUCKET" in line]
    assert re.fullmatch(f"{when} BUCKET", line)
    first, second = shell.lines("ls", "s3://BUCKET")
    assert first == f"{'PRE':>30} p/"
    assert re.fullmatch(f"{when}          5 a.txt", second)
    assert [line[20:].split() for line in shell.lines("ls", "s3://BUCKET/p/")] == [["PRE", "d/"], ["3", "b"]]
    # What begins with a text, as in aws-cli.
    assert [line.split()[-1] for line in shell.lines("ls", "s3://BUCKET/p")] == ["p/"]
    assert [line.split()[-1] for line in shell.lines("ls", "s3://BUCKET/", "-r")] == [
        "a.txt",
        "p/b",
        r"p/d/\x1b[31m",
        "p/d/c",
    ]
    assert [line.split()[-1] for line in shell.lines("ls", "s3://BUCKET/p/*/c*")] == ["p/d/c"]
    assert shell.lines("ls", "s3://BUCKET/a", "--human-readable", "--summarize")[-3:] == [
        *shell.lines("ls", "s3://BUCKET/a", "--human-readable"),
        "",
        "1 objects, 5 B",
    ]
    assert shell("ls", "s3://BUCKET/none") == (1, "", "sotalia ls: nothing is in s3://BUCKET/none\n")


def test_ls_as_a_question(shell: Shell) -> None:
    shell.put("a")
    assert shell("ls", "-q", "s3://BUCKET/a") == (0, "", "")
    assert shell("ls", "-q", "s3://BUCKET/b") == (1, "", "")


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (["--exclude", "*", "--include=*.a", "--exclude", "b"], [(False, "*"), (True, "*.a"), (False, "b")]),
        (["--exclude", "--include", "--include", "--exclude"], [(False, "--include"), (True, "--exclude")]),
        (["--content-type", "--exclude", "--include", "x"], [(True, "x")]),
        (["--include", "a=b", "-r", "--", "--exclude"], [(True, "a=b")]),
        (["--profile", "--include", "--region=--exclude"], []),
    ],
)
def test_the_order_of_filters(words: list[str], rules: list[tuple[bool, str]]) -> None:
    from sotalia.cli.cp import cp

    with cp.make_context("cp", [*words, "x", "y"]) as context:
        assert context.params["rules"] == rules


def test_ls_json(shell: Shell) -> None:
    shell.put("a.txt", "p/b")
    prefix, row = shell.rows("ls", "s3://BUCKET")
    assert prefix == {"prefix": "p/"}
    assert datetime.fromisoformat(row.pop("last_modified")).tzinfo is not None
    assert row.pop("etag")
    assert row == {"key": "a.txt", "size": 5, "storage_class": "STANDARD"}
    assert {"bucket", "created"} == shell.rows("ls")[0].keys()
    assert shell.rows("ls", "s3://BUCKET", "--summarize")[-1] == {"objects": 1, "bytes": 5}


def test_du(shell: Shell) -> None:
    shell.put("a", "p/b", "p/d/c")
    assert [line.split() for line in shell.lines("du", "s3://BUCKET", "s3://BUCKET/p/")] == [
        ["9", "B", "3", "objects", "s3://BUCKET"],
        ["8", "B", "2", "objects", "s3://BUCKET/p/"],
    ]
    assert [line.split()[0::3] for line in shell.lines("du", "s3://BUCKET", "--depth", "2", "--bytes")] == [
        ["8", "s3://BUCKET/p/"],
        ["5", "s3://BUCKET/p/d/"],
        ["9", "s3://BUCKET"],
    ]
    assert shell.rows("du", "s3://BUCKET/**/c") == [{"place": "s3://BUCKET/**/c", "objects": 1, "bytes": 5}]
    assert shell.lines("du", "s3://BUCKET/none")[0].split()[:3] == ["0", "B", "0"]


def test_cp(shell: Shell) -> None:
    shell.write("site/a.html", "site/b.txt", "site/d/c.html")
    web = ["--recursive", "--exclude", "*", "--include=*.html"]
    assert shell.lines("cp", "site", "s3://BUCKET/w", *web, "--dryrun") == [
        "(dry run) upload: site/a.html to s3://BUCKET/w/a.html",
        "(dry run) upload: site/d/c.html to s3://BUCKET/w/d/c.html",
    ]
    assert shell.keys() == []
    assert sorted(shell.lines("cp", "site", "s3://BUCKET/w", *web)) == [
        "upload: site/a.html to s3://BUCKET/w/a.html",
        "upload: site/d/c.html to s3://BUCKET/w/d/c.html",
    ]
    assert shell.head("w/a.html")["ContentType"] == "text/html"
    # The other way round, the last match is another one.
    assert shell.lines("cp", "site", "s3://BUCKET/x", "-r", "--include", "*.html", "--exclude", "*") == []
    assert shell.lines("cp", "s3://BUCKET/w/*.html", "got", "--quiet") == []
    assert (shell.folder / "got/a.html").read_text() == "site/a.html"
    assert shell.lines("cp", "s3://BUCKET/w/a.html", "s3://BUCKET/copy/") == [
        "copy: s3://BUCKET/w/a.html to s3://BUCKET/copy/a.html"
    ]
    assert shell.lines("mv", "s3://BUCKET/copy/a.html", "new.html") == [
        "move: s3://BUCKET/copy/a.html to new.html"
    ]
    assert shell.keys() == ["w/a.html", "w/d/c.html"]


def test_cp_json(shell: Shell) -> None:
    shell.put("p/a", "p/", "p/../x")
    bucket = "s3://BUCKET"
    assert shell.rows("cp", "-r", "s3://BUCKET/p", "got") == [
        {"status": "done", "action": "download", "source": f"{bucket}/p/a", "target": "got/a", "size": 3},
        {
            "status": "skipped",
            "source": f"{bucket}/p/",
            "reason": "a marker of a folder, not a file: its key ends in '/'",
        },
        {
            "status": "skipped",
            "source": f"{bucket}/p/../x",
            "reason": "the key has an empty part, '.' or '..': no file below the folder can have this path",
        },
        {
            "status": "summary",
            "transferred": 1,
            "bytes": 3,
            "deleted": 0,
            "unchanged": 0,
            "skipped": 2,
            "failed": 0,
        },
    ]


def test_what_objects_are_given(shell: Shell) -> None:
    shell.write("f")
    given = ["--content-type", "text/x", "--cache-control", "no-cache", "--storage-class", "STANDARD_IA"]
    given += [
        "--sse",
        "AES256",
        "--acl",
        "public-read",
        "--metadata",
        "a=1,b=x,y,c=3",
        "--metadata",
        '{"d": 4}',
    ]
    given += ["--content-disposition", "attachment", "--content-encoding", "gzip"]
    expected = {
        "ContentType": "text/x",
        "CacheControl": "no-cache",
        "StorageClass": "STANDARD_IA",
        "ServerSideEncryption": "AES256",
        "ContentDisposition": "attachment",
        "ContentEncoding": "gzip",
        "Metadata": {"a": "1", "b": "x,y", "c": "3", "d": "4"},
    }
    shell.lines("cp", "f", "s3://BUCKET/up", *given)
    shell.put("plain", ContentType="image/png", Metadata={"old": "1"})
    shell.lines("cp", "s3://BUCKET/plain", "s3://BUCKET/copy", *given)
    shell.lines("sync", ".", "s3://BUCKET/sync", *given)
    assert shell("cp", "-", "s3://BUCKET/stdin", *given, source=b"x") == (0, "", "")
    for key in ("up", "copy", "sync/f", "stdin"):
        found = shell.head(key)
        assert {name: found.get(name) for name in expected} == expected
        with shell.aws.client("s3") as s3:
            grants = s3.get_object_acl(Bucket=shell.bucket, Key=key)["Grants"]
        assert any(grant["Grantee"].get("URI", "").endswith("AllUsers") for grant in grants)
    # Without any of them a copy takes over what the source has; so does one that is about other things.
    shell.lines("cp", "s3://BUCKET/plain", "s3://BUCKET/same", "--storage-class", "STANDARD_IA")
    assert (shell.head("same")["ContentType"], shell.head("same")["Metadata"]) == ("image/png", {"old": "1"})
    shell.lines("cp", "f", "s3://BUCKET/kms", "--sse-kms-key-id", "1234")
    assert shell.head("kms")["ServerSideEncryption"] == "aws:kms"


def test_streams(shell: Shell) -> None:
    data = bytes(range(256)) * 40_000  # More than a part.
    assert shell("cp", "-", "s3://BUCKET/big", source=data) == (0, "", "")
    assert shell.head("big")["ContentLength"] == len(data)
    shell.put("a", "b", "c*")
    assert shell("cp", "s3://BUCKET/a", "-") == (0, "a", "")
    assert shell("cat", "s3://BUCKET/a", "s3://BUCKET/?") == (0, "aab", "")
    assert shell("cat", "s3://BUCKET/c*", "--no-glob") == (0, "c*", "")
    code, out, err = shell("cat", "s3://BUCKET/none", "s3://BUCKET/a")
    assert (code, out) == (1, "a")
    assert err.startswith("sotalia cat: s3://BUCKET/none: ")
    assert err.count("\n") == 1


def test_mv(shell: Shell) -> None:
    shell.write("d/a", "d/b/c")
    assert sorted(shell.lines("mv", "--recursive", "d", "s3://BUCKET/m")) == [
        "move: d/a to s3://BUCKET/m/a",
        "move: d/b/c to s3://BUCKET/m/b/c",
    ]
    assert list((shell.folder / "d").rglob("*")) == []
    assert shell("mv", "s3://BUCKET/m/a", "s3://BUCKET/m/") == (
        exit_codes.SKIPPED,
        "",
        "skipped: s3://BUCKET/m/a: it would be moved to where it is\n",
    )
    assert [row["action"] for row in shell.rows("mv", "s3://BUCKET/m/a", "x")[:-1]] == ["move"]


def test_rm(shell: Shell) -> None:
    shell.put("a", "p/b", "p/c.gz", "p/d.gz", "q/")
    assert shell.lines("rm", "s3://BUCKET/p/*.gz", "--dryrun") == [
        "(dry run) delete: s3://BUCKET/p/c.gz",
        "(dry run) delete: s3://BUCKET/p/d.gz",
    ]
    assert shell.lines("rm", "s3://BUCKET/p/", "-r", "--exclude", "*", "--include", "c*") == [
        "delete: s3://BUCKET/p/c.gz"
    ]
    assert shell.lines("rm", "s3://BUCKET/a", "--quiet") == []
    assert shell.rows("rm", "s3://BUCKET/", "--recursive")[:-1] == [
        {"status": "done", "action": "delete", "target": f"s3://BUCKET/{key}"}
        for key in ("p/b", "p/d.gz", "q/")
    ]
    assert shell.keys() == []
    shell.write("keep")
    assert shell("rm", "keep")[0] == exit_codes.FAILED
    assert (shell.folder / "keep").exists()


def test_buckets(shell: Shell) -> None:
    assert shell.lines("mb", "s3://BUCKET-2", "--region", "eu-west-1") == ["made: s3://BUCKET-2"]
    with shell.aws.client("s3") as s3:
        where = s3.get_bucket_location(Bucket=f"{shell.bucket}-2")["LocationConstraint"]
    assert where == "eu-west-1"
    assert shell.lines("rb", "s3://BUCKET-2", "-q") == []
    shell.put("a")
    code, _, err = shell("rb", "s3://BUCKET")
    assert (code, err.startswith("sotalia rb: BucketNotEmpty")) == (1, True)
    assert shell.lines("rb", "s3://BUCKET", "--force") == ["delete: s3://BUCKET/a", "removed: s3://BUCKET"]


def test_presign(shell: Shell) -> None:
    (url,) = shell.lines("presign", "s3://BUCKET/a b*")
    query = parse_qs(urlsplit(url).query)
    assert (query["X-Amz-Expires"], query["X-Amz-Algorithm"]) == (["3600"], ["AWS4-HMAC-SHA256"])
    assert urlsplit(url).path.endswith("/a%20b%2A")
    (row,) = shell.rows("presign", "s3://BUCKET/a", "--expires-in", "60", "--method", "put")
    assert (row["method"], row["expires_in"]) == ("PUT", 60)
    from urllib.request import Request, urlopen

    with urlopen(
        Request(
            row["url"].replace("BUCKET", shell.bucket),
            data=b"put by url",
            headers={"Content-Type": "x/y"},
            method="PUT",
        )
    ):
        pass
    (url,) = shell.lines("presign", "s3://BUCKET/a")
    with urlopen(url.replace("BUCKET", shell.bucket)) as response:
        assert response.read() == b"put by url"


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["ls", "BUCKET"], 2, "'BUCKET' is not in S3: write 's3://BUCKET' for a bucket"),
        (
            ["ls", "s3://no-such-bucket"],
            1,
            "NoSuchBucket: The specified bucket does not exist (ListObjectsV2, HTTP 404",
        ),
        (["cp", "a"], 2, "Missing argument 'TARGET'"),
        (["cp", "none", "s3://BUCKET/"], 1, "there is no file 'none'"),
        (["cp", ".", "s3://BUCKET/"], 1, "'.' is a folder: add --recursive"),
        (["cp", "s3://BUCKET/none", "."], 1, "there is no object s3://BUCKET/none"),
        (["cp", "s3://BUCKET/none", ".", "--acl", "private"], 2, "--acl: for what is written to S3"),
        (["cp", "f", "s3://BUCKET/", "--metadata", "x"], 2, "--metadata takes key=value"),
        (["cp", "f", "s3://BUCKET/", "--metadata", "{"], 2, "--metadata is no JSON"),
        (["cp", "f", "s3://BUCKET/", "--include", "/x"], 2, "begins with '/'"),
        (["cp", "-", "s3://BUCKET/"], 2, "stdin has no name"),
        (["cp", "-", "f"], 2, "the other place must be 's3://bucket/key'"),
        (["cp", "-", "f", "s3://BUCKET/x"], 2, "- stands for one stream"),
        (["mv", "-", "s3://BUCKET/x"], 2, "a stream cannot be moved"),
        (["rm", "s3://BUCKET"], 1, "is a whole bucket: add --recursive"),
        (["rm", "s3://BUCKET/x*"], 1, "nothing matches 's3://BUCKET/x*'"),
        (
            ["cp", "-r", ".", "s3://no-such-bucket/"],
            1,
            "NoSuchBucket: The specified bucket does not exist (PutObject, HTTP 404",
        ),
        (["cp", "", "s3://BUCKET/"], 1, "a source or target is empty"),
        (["cp", "f", "s3://BUCKET/", "--concurrency", "0"], 2, "0 is not in the range"),
        (["presign", "s3://BUCKET"], 2, "is no object"),
        (["presign", "s3://BUCKET/a", "--expires-in", "604801"], 2, "not in the range"),
        (["mb", "s3://BUCKET/x"], 2, "is no bucket"),
        (["mb", "s3://BUCKET"], 0, ""),
        (["ls", "--profile", "nope"], 1, "The config profile (nope) could not be found"),
        (["ls", "--endpoint-url", "http://127.0.0.1:9"], 1, "is it the right address?"),
    ],
)
def test_mistakes(shell: Shell, words: list[str], code: int, expected: str) -> None:
    shell.write("f")
    found, _, err = shell(*words)
    assert expected in err
    assert (found, err.count("\n")) == (code, 1 if expected else 0)
    assert "Traceback" not in err


def test_common_options(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may stand before the command, too; the command's own count."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    url = shell.aws.endpoint_url
    shell.put("a")
    for words in (
        ["--endpoint-url", url, "ls", "s3://BUCKET"],
        ["ls", "s3://BUCKET", "--endpoint-url", url],
        ["--endpoint-url", "http://127.0.0.1:9", "ls", "s3://BUCKET", f"--endpoint-url={url}"],
    ):
        assert shell(*words)[0] == 0
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert shell("ls", "s3://BUCKET", "--endpoint-url", url, "--no-sign-request")[0] == 0
    code, _, err = shell("ls", "s3://BUCKET", "--endpoint-url", url)
    assert (code, "sotalia credentials explain" in err) == (1, True)


def test_debug(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("sotalia")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    code, _, err = shell("ls", "s3://no-such-bucket", "--debug")
    assert code == 1
    assert "Traceback" in err
    assert "ListObjectsV2" in err
    assert "testing" not in err.replace("sotalia.testing", "")
