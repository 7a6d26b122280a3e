"""Every example of the README and of the pages runs and prints what the page shows; links lead somewhere.

What an example is, and how its output is written, says ``tests/documents.py``.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from benchmarks import figures, plots
from tools import call_diagram

from sotalia.credentials.precedence import PRECEDENCE
from sotalia.testing import LocalAWS
from tests import documents
from tests.documents import ROOT, SECRET

DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(DOCS).as_posix() if path.is_relative_to(DOCS) else path.name: path
    for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
}
#: For people who take part; without examples that run here.
PROJECT = {name: ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")}
TEXTS = {page: path.read_text("utf-8") for page, path in PAGES.items()}
#: What the examples of a page need beyond the group ``dev``, and the group that has it, which ``make test-GROUP`` installs.
NEEDED = {
    "celery.md": ("celery", "site"),
    "django.md": ("storages", "site"),
    "engines.md": ("distributed", "engines"),
    "fastapi.md": ("fastapi", "site"),
    "migrating.md": ("placebo", "site"),
}


def slug(heading: str) -> str:
    """The anchor of a heading, on the site as on GitHub."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading)
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text.strip().lower()))


def anchors(text: str) -> set[str]:
    """All anchors of a page."""
    without_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", without_blocks, re.MULTILINE)}


def in_navigation(entry: object) -> list[str]:
    """The pages of a part of the navigation, in order."""
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [page for part in parts for page in in_navigation(part)]  # type: ignore[attr-defined]


def settings() -> dict[str, object]:
    """mkdocs.yml, without its references to Python objects."""
    text = re.sub(r"!!python/\S+|!ENV", "", (ROOT / "mkdocs.yml").read_text("utf-8"))
    loaded: dict[str, object] = yaml.safe_load(text)
    return loaded


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[getattr(pytest.mark, NEEDED[page][1])] if page in NEEDED else [])
        for page in PAGES
        if documents.examples(TEXTS[page])
    ],
)
def test_examples(page: str, aws: LocalAWS, tmp_path: Path) -> None:
    needed, group = NEEDED.get(page, ("pytest", "dev"))
    if find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed: make test-{group}")
    documents.prepare(aws)
    done = documents.run(page, TEXTS[page], tmp_path, aws.endpoint_url)
    untrue = [text for pair in done for text in documents.differences(*pair)]
    assert "\n".join(untrue) == ""
    assert SECRET not in "".join(printed for _, printed in done)


def test_no_block_is_overlooked() -> None:
    assert {page: found for page, text in TEXTS.items() if (found := documents.unseen(text))} == {}


@pytest.mark.parametrize("text", ["```python\nx", "    ```python\n    x\n    ```\n", "~~~python\nx\n~~~\n"])
def test_a_block_that_would_not_run_is_found(text: str) -> None:
    assert documents.unseen(text)


@pytest.mark.parametrize("page", [*PAGES.values(), *PROJECT.values()], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            goal = page.parent / path if path else page
            assert goal.exists(), target
            if anchor:
                assert anchor in anchors(goal.read_text("utf-8")), target


@pytest.mark.parametrize("page", sorted({*PAGES} - {"README.md"}))
def test_a_page_is_in_the_navigation_and_says_what_is_next(page: str) -> None:
    assert page in in_navigation(settings()["nav"]), f"mkdocs.yml: add {page} under nav"
    if not page.startswith("reference/"):
        last = TEXTS[page].rstrip().rpartition("\n\n")[2]
        assert last.startswith("**Next:** "), "a page ends with: **Next:** [title](page.md) · ..."
        assert "](" in last


def test_the_navigation_names_pages_once() -> None:
    named = in_navigation(settings()["nav"])
    assert sorted(named) == sorted(set(named))
    assert [page for page in named if page not in PAGES and not page.startswith("project/")] == []


@pytest.mark.parametrize("page", PROJECT)
def test_pages_of_the_project_are_linked_from_the_readme(page: str) -> None:
    assert f"{page})" in TEXTS["README.md"]


def test_the_order_of_credentials_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| `([a-z0-9-]+)` \|", TEXTS["credentials.md"], re.MULTILINE)
    assert rows == [(str(number), row.method) for number, row in enumerate(PRECEDENCE, 1)]


def test_there_are_examples_and_links() -> None:
    assert len([page for page in PAGES if documents.examples(TEXTS[page])]) > 20
    assert sum(text.count("](") for text in TEXTS.values()) > 50


PAGE = """\
```python
print("a", 1)  # a 1
print("b")
print("c")
```

```text
b
...
```

```python no-run
raise ValueError
```

```text
of nothing
```

```python title="app.py"
print("from a file")
```

```console
$ python app.py
from ...
$ echo one two
one two
```
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "", "nothing"),
        ("# a 1", "# a 2", "line 2: a comment says: a 2"),
        ("```text\nb\n...\n", "```text\nb\n", "line 2: the page shows:\nb\n"),
        ("```text\nb\n...\n", "Words.\n\n```text\nb\n...\n", "line 2: the page does not show what it prints"),
        ("from ...\n", "of ...\n", "line 25: the page shows:\nof ...\n"),
        ("$ echo one two", "$ echo two", "line 25: the page shows:\none two\n"),
    ],
)
def test_an_untrue_page_is_found(before: str, after: str, said: str, tmp_path: Path) -> None:
    text = PAGE.replace(before, after)
    found = [
        line for pair in documents.run("page.md", text, tmp_path, "") for line in documents.differences(*pair)
    ]
    assert [*found, "nothing"][0].startswith(said)


def test_an_example_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the example at line 2 failed"):
        documents.run("page.md", "```python\nraise KeyError\n```\n", tmp_path, "")


@pytest.mark.parametrize("name", figures.read())
def test_plots_and_tables_are_those_of_the_figures(name: str) -> None:
    section = figures.read()[name]
    drawn = (DOCS / f"images/{name}.svg").read_text("utf-8")
    assert drawn == plots.picture(plots.TITLES[name], section), "run: python -m benchmarks.plots"
    if name == "ratios":
        assert plots.table(section) in TEXTS["performance.md"], (
            "run: python -m benchmarks.plots, and paste the table"
        )


def test_the_picture_of_a_call_is_that_of_the_catalog() -> None:
    assert call_diagram.PATH.read_text("utf-8") == call_diagram.picture(), "run: python -m tools.call_diagram"


def test_pictures_fetch_nothing() -> None:
    pictures = [path.read_text("utf-8") for path in (DOCS / "images").glob("*.svg")]
    assert pictures
    for text in pictures:
        # What text shows, such as the URL of an explained call, is not fetched, nor is what a comment names.
        markup = re.sub(r">[^<]*<", "><", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
        assert set(re.findall(r"https?://[^\s\"']+", markup)) == {"http://www.w3.org/2000/svg"}
