"""The shared files: what is read from them, beside botocore, and what is said about mistakes in them."""

from __future__ import annotations

import random
import traceback
from pathlib import Path
from typing import Any

import botocore.configloader
import pytest

import sotalia
from sotalia import exceptions
from sotalia.config.files import load_config, load_full_config, raw_config_parse
from sotalia.config.mistakes import line_of
from tests.config.both import Sources, outcome, outcome_class
from tests.conformance.data import conformance_path

SAMPLES = sorted(conformance_path("config", "files").iterdir())
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_sample_files(path: Path) -> None:
    for parse, reference in (
        (raw_config_parse, botocore.configloader.raw_config_parse),
        (load_config, botocore.configloader.load_config),
    ):
        kind, expected = outcome(reference, str(path))
        found_kind, found = outcome(parse, str(path))
        assert found_kind == kind
        assert found == expected if kind == "value" else found.startswith(expected)


LINES = (
    "[default]", "[profile a]", '[profile "b c"]', "[profile a b]", "[profilex q]", "[a]", "[DEFAULT]",
    '[profile "open]', "[sso-session s]", "[services v]", "[preview]", "[profile default]", "[ default ]", "[]",
    "region = eu-west-1", "region: eu-west-2", "REGION = x", "output=json", "key with spaces = 1", "empty =",
    "s3 =", "  addressing_style = path", "  Mixed_Case = Yes", "\tuse_arn_region = true", "  more text",
    "  a = b = c", "  # a comment", "  = nothing", "text = one", "  two", "", "# comment", "; comment",
    "value = a ; no comment", "url = %(x)s", "no delimiter", "= value", "unicode = ümläut",
)  # fmt: skip


def test_generated_files(tmp_path: Path) -> None:
    generator = random.Random(20261124)
    path, other = tmp_path / "config", tmp_path / "credentials"
    kinds: dict[str, int] = {}
    for number in range(1500):
        lines = ["[default]"] if generator.random() < 0.9 else []
        lines += generator.choices(LINES, k=generator.randint(0, 9))
        ending = ("\n", "\r\n")[number % 2]
        path.write_bytes((ending.join(lines) + ending).encode())
        expected = outcome_class(botocore.configloader.load_config, str(path))
        assert outcome_class(load_config, str(path)) == expected, lines
        raw = outcome_class(botocore.configloader.raw_config_parse, str(path), False)
        assert outcome_class(raw_config_parse, str(path), False) == raw, lines
        kind = expected if isinstance(expected, str) else "value"
        kinds[kind] = kinds.get(kind, 0) + 1
        if number % 5 == 0:
            path.replace(other)
    assert kinds["value"] > 200
    assert kinds["ConfigParseError"] > 200


def test_both_files_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(20261125)
    good = [line for line in LINES if line not in ("[]", "no delimiter", "= value", "  more text", "  two")]
    for _ in range(300):
        sources = Sources()
        for name in ("config_file", "credentials_file"):
            if generator.random() < 0.9:
                text = "\n".join(["[default]", *generator.sample(good, generator.randint(0, 8)), ""])
                setattr(sources, name, text)
        with monkeypatch.context() as patch:
            sources.write(tmp_path, patch)
            expected = outcome_class(lambda session: session.full_config, sources.reference(handlers=False))
            found = outcome_class(lambda session: session.full_config, sources.ours())
            assert found == expected, sources


def test_missing_files_are_as_good_as_empty_ones(tmp_path: Path) -> None:
    assert load_full_config(str(tmp_path / "no"), None) == {"profiles": {}}
    assert load_full_config(None, str(tmp_path)) == {"profiles": {}}
    with pytest.raises(exceptions.ConfigNotFound, match="no"):
        raw_config_parse(str(tmp_path / "no"))


def test_paths_may_name_home_and_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings").write_text("[default]\nregion = here\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLACE", "settings")
    assert raw_config_parse("~/$PLACE") == {"default": {"region": "here"}}


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"\xef\xbb\xbf[default]\r\nregion = eu-west-1\r\ns3 =\r\n  addressing_style = path\r\n")
    assert load_config(str(path))["profiles"] == {
        "default": {"region": "eu-west-1", "s3": {"addressing_style": "path"}}
    }


MISTAKES: list[tuple[str, bytes, str]] = [
    ("no section", b"# hi\n\nregion = x\n", "line 3: 'region' stands before any section; begin with a section"),
    ("secret before sections", f"{SECRET}\n".encode(), "line 1: what is written there stands before any section"),
    ("no delimiter", b"[default]\nregion us-east-1\n", "line 2: 'region' has neither '=' nor ':'; write key = value"),
    ("secret alone", f"[default]\n{SECRET}\n".encode(), "line 2: what is written there has neither '=' nor ':'"),
    ("key and secret", f"[default]\naws_secret_access_key {SECRET}\n".encode(), "line 2: 'aws_secret_access_key' has"),
    ("section twice", b"[default]\na = 1\n[profile x]\n\n[default]\n", "line 5: section [default] is there a second"),
    ("key twice", b"[profile x]\nregion = a\noutput = b\nregion = c\n",
     "line 4: key 'region' is there a second time in [profile x]; leave one"),
    ("nested", b"[default]\nregion = a\ns3 =\n  addressing_style = path\n\n  # why\n  use_arn_region yes\n",
     "line 7: in the block 's3' of [default], 'use_arn_region' has no '='; write key = value on each indented"),
    ("nested secret", f"[default]\ns3 =\n  {SECRET}\n".encode(),
     "line 3: in the block 's3' of [default], what is written there has no '='"),
    ("second of two", b"[profile a]\ns3 =\n  x = 1\n[profile b]\nS3:\n  x = 1\n  y\n",
     "line 7: in the block 's3' of [profile b], what is written there has no '='"),
    ("not text", b"[default]\nregion = a\nname = \xff\xfe\n", "line 3: byte 0xff is not UTF-8; save the file as UTF-8"),
    ("not text far in", b"[default]\n" + b"# filler\n" * 3000 + b"a = \xe9\n", "line 3002: byte 0xe9 is not UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), MISTAKES, ids=[row[0] for row in MISTAKES])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_mistakes_name_file_line_and_key(
    name: str, content: bytes, message: str, ending: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_bytes(content.replace(b"\n", ending))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    with pytest.raises(exceptions.ConfigParseError) as caught:
        sotalia.Session().client("s3")
    assert str(caught.value).startswith(f"Unable to parse config file: {path}, {message}")
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    assert SECRET not in repr(caught.value.kwargs)
    assert caught.value.__context__ is None
    assert caught.value.kwargs["path"] == str(path)


def test_any_bytes_are_read_or_refused_in_our_words(tmp_path: Path) -> None:
    generator = random.Random(7)
    path = tmp_path / "config"
    alphabet = [
        b"[",
        b"]",
        b"=",
        b"\n",
        b"\n ",
        b"a",
        b" ",
        b"default",
        b"#",
        b"\r",
        b"\x00",
        b"\xc3",
        b":",
        b"\\",
    ]
    for _ in range(2000):
        path.write_bytes(b"".join(generator.choices(alphabet, k=generator.randint(0, 25))))
        kind, message = outcome(load_config, str(path))
        assert kind in ("value", "ConfigParseError")
        assert kind == "value" or str(path) in message


def test_profiles_that_there_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file="[profile production]\n").write(tmp_path, monkeypatch)
    with pytest.raises(exceptions.ProfileNotFound) as caught:
        sotalia.Session(profile_name="prodution")
    text = "The config profile (prodution) could not be found"
    assert str(caught.value) == f"{text}. Did you mean 'production'?"
    with pytest.raises(exceptions.ProfileNotFound) as caught:
        sotalia.Session(profile_name="x")
    assert str(caught.value) == "The config profile (x) could not be found"
    assert caught.value.__notes__ == ["Profiles that there are: production"]


def test_a_profile_whose_section_lacks_the_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file="[dev]\n[profile def]\n").write(tmp_path, monkeypatch)
    with pytest.raises(
        exceptions.ProfileNotFound, match=r"could not be found\. .* has \[dev\]; write \[profile dev\]"
    ):
        sotalia.Session(profile_name="dev")


@pytest.mark.parametrize("text", ["[profile dev\nregion = x\n", "[default]\nregion = x\n[profile dev\n"])
def test_a_section_without_its_end(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file=text).write(tmp_path, monkeypatch)
    with pytest.raises(
        exceptions.ConfigParseError, match=r"line [13]: a section begins with '\[' and has no '\]'"
    ):
        sotalia.Session(profile_name="dev")


def test_lines_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "[default]\nRegion = x\n[profile a]\n# region = y\nregion: z\ns3 =\n\n  One = 1\n  two = 2\n"
    )
    cases: list[tuple[Any, ...]] = [
        ("default", "region", None, 2),
        ("profile a", "region", None, 5),
        ("profile a", "output", None, None),
        ("profile a", "s3", "two", 9),
        ("profile a", "s3", "three", None),
        ("default", "s3", "two", None),
    ]
    for section, key, nested, line in cases:
        assert line_of(str(path), section, key, nested) == line
    assert line_of(str(tmp_path / "none"), "default", "region") is None
