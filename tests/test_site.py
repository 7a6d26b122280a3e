"""The built site (``make test-site``): its links, and its pages in a browser, at desktop and phone width, light and dark.

Screenshots go to ``build/screenshots``. Skipped where there is no site, no Chromium, or no playwright to drive it.
"""

from __future__ import annotations

import ast
import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests import browsers, documents

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build/site"
SCREENSHOTS = ROOT / "build/screenshots"
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = [
    "",
    "getting-started/",
    "guide/",
    "call/",
    "writing-hooks/",
    "events/",
    "differences/",
    "performance/",
    "lambda/",
    "compatibility/",
    "explain/",
    "reference/",
    "reference/extensions/",
    "reference/session/",
    "project/contributing/",
]

pytestmark = [pytest.mark.site, pytest.mark.skipif(not SITE.is_dir(), reason="no site: make test-site")]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None: ...


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if (absence := browsers.absence()) is not None:
        pytest.skip(f"{absence}: make test-site")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with browsers.launched(tmp_path_factory.mktemp("home")) as opened:
        yield opened


class Visit:
    """A page in a window; it notes what goes wrong."""

    def __init__(self, browser: Any, address: str, width: str, scheme: str = "light") -> None:
        across, down = WIDTHS[width]
        self.address = address
        self.page = browser.new_page(viewport={"width": across, "height": down}, color_scheme=scheme)
        self.wrong: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._came)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"foreign: {request.url}")

    def _came(self, response: Any) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path, wait_until="load")

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    visits: list[Visit] = []

    def open_window(width: str, scheme: str = "light") -> Visit:
        visits.append(Visit(browser, address, width, scheme))
        return visits[-1]

    yield open_window
    for window in visits:
        window.page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_look_right(visit: Any, width: str, scheme: str) -> None:
    window = visit(width, scheme)
    for path in PAGES:
        window.go(path)
        name = path.strip("/").replace("/", "-") or "index"
        window.shoot(f"{name}-{width}-{scheme}")
        overflow = window.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} is {overflow} pixels wider than the window"
        broken = window.page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        assert broken == []
    window.page.wait_for_load_state("networkidle")
    assert window.wrong == []


def test_no_page_is_wider_than_a_phone(visit: Any) -> None:
    window = visit("phone")
    wide = []
    for path in sorted(SITE.rglob("index.html")):
        window.go(path.relative_to(SITE).as_posix())
        if window.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            wide.append(path.parent.name)
    assert wide == []
    assert window.wrong == []


@pytest.mark.parametrize(
    ("words", "page"), [("needs-retry", "events/"), ("SnapStart", "lambda/"), ("RetryRule", "extensions/")]
)
def test_search_finds(visit: Any, words: str, page: str) -> None:
    window = visit("desktop")
    window.go("")
    window.page.locator("input.md-search__input").click()
    window.page.keyboard.type(words)
    results = window.page.locator("a.md-search-result__link")
    results.first.wait_for(timeout=20_000)
    window.page.wait_for_timeout(500)
    window.shoot(f"search-{words}")
    links = [results.nth(number).get_attribute("href") or "" for number in range(results.count())]
    assert any(urlsplit(link).path.endswith(f"/{page}") for link in links), links
    assert window.wrong == []


@pytest.mark.parametrize("width", WIDTHS)
def test_dark_mode_switches_and_stays(visit: Any, width: str) -> None:
    window = visit(width)
    window.go("events/")
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    assert window.page.evaluate(scheme) == "default"
    window.page.locator("label[title='Dark mode']").click()
    assert window.page.evaluate(scheme) == "slate"
    window.go("retries/")
    assert window.page.evaluate(scheme) == "slate"
    assert window.wrong == []


def test_a_phone_has_the_navigation_in_a_drawer(visit: Any) -> None:
    window = visit("phone")
    window.go("events/")
    window.page.locator("label.md-header__button[for='__drawer']").click()
    window.page.wait_for_timeout(500)
    window.shoot("drawer-phone")
    assert window.page.locator("nav.md-nav--primary").is_visible()
    assert window.wrong == []


def test_lazily_loaded_names_are_in_the_reference() -> None:
    from sotalia import credentials, events, extensions

    for name, room in (("credentials", credentials), ("events", events), ("extensions", extensions)):
        text = (SITE / f"reference/{name}/index.html").read_text("utf-8")
        members = [member for member in room.__all__ if not member.isupper()]
        missing = [member for member in members if f'id="sotalia.{name}.{member}"' not in text]
        assert missing == []


def test_what_examples_import_is_in_the_reference() -> None:
    reference = "".join(path.read_text("utf-8") for path in SITE.glob("reference/*/index.html"))
    imported = set()
    for path in (ROOT / "docs").glob("*.md"):
        for block in documents.blocks(path.read_text("utf-8"), "python"):
            for node in ast.walk(ast.parse(block)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sotalia":
                    imported.update(f"{node.module}.{alias.name}" for alias in node.names)
    assert len(imported) > 30
    # Generated, a name of each service: pages of their own say how they are used.
    by_service = ("sotalia.types.", "sotalia.exceptions.")
    missing = [
        name for name in imported if f'id="{name}"' not in reference and not name.startswith(by_service)
    ]
    assert sorted(missing) == []


def test_no_link_leads_nowhere() -> None:
    """Of the built pages: also links that the theme and the reference made."""
    pages = {path.relative_to(SITE).as_posix(): path.read_text("utf-8") for path in SITE.rglob("*.html")}
    ids = {name: set(re.findall(r'\sid="?([^"\s>]+)', text)) for name, text in pages.items()}
    wrong = []
    for name, text in pages.items():
        if name == "404.html":  # its links begin at the site's root, wherever that is
            continue
        for link in set(re.findall(r'<a\s[^>]*?href="([^"]+)"', text)):
            goal = urlsplit(urljoin(f"http://site/{name}", link))
            if goal.netloc != "site" or goal.scheme != "http":
                continue
            path = unquote(goal.path).lstrip("/")
            target = path + "index.html" if path == "" or path.endswith("/") else path
            anchor = unquote(goal.fragment)
            if not (SITE / target).exists() or (anchor and anchor not in ids.get(target, {anchor})):
                wrong.append(f"{name}: {link}")
    assert wrong == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    """No script, style, font or picture of another host, in any page."""
    pattern = re.compile(r'<(?:script|link|img|iframe)\s[^>]*?(?:src|href)="(https?://[^"]+)"')
    foreign = {
        link
        for path in SITE.rglob("*.html")
        for found in pattern.finditer(path.read_text("utf-8"))
        if 'rel="canonical"' not in found[0]
        for link in [found[1]]
    }
    assert foreign == set()


def test_files_for_language_models() -> None:
    overview, whole = ((SITE / name).read_text("utf-8") for name in ("llms.txt", "llms-full.txt"))
    assert overview.startswith("# sotalia\n\n> ")
    # Absolute where the project has an address.
    links = re.findall(r"^- \[[^\]]+\]\((?:https://[\w.-]+/(?:sotalia/)?)?([^)]+)\)", overview, re.MULTILINE)
    assert len(links) > 40
    assert [link for link in links if not (SITE / link).exists()] == []
    assert "# A call, step by step" in whole
    assert "::: sotalia" not in whole


@pytest.mark.parametrize(
    ("docstring", "markdown"),
    [
        ("A :class:`~sotalia.session.Session`, and ``None``.", "A `sotalia.session.Session`, and ``None``."),
        (
            "Try:\n\n>>> import sotalia\n>>> 1\n1\n\nAfter.",
            "Try:\n\n```pycon\n>>> import sotalia\n>>> 1\n1\n```\n\nAfter.",
        ),
        (
            "A thing. ``a``: one,\nor two · ``b`` and ``c``: :func:`f`",
            "A thing.\n\n- ``a``: one, or two\n- ``b`` and ``c``: `f`",
        ),
        ("``a`` one · ``b`` two", "- ``a`` one\n- ``b`` two"),
        ("Left · right, as it is.", "Left · right, as it is."),
        ("The ``a`` · ``b`` of a ``c``.", "The ``a`` · ``b`` of a ``c``."),
    ],
)
def test_docstrings_become_markdown(docstring: str, markdown: str) -> None:
    pytest.importorskip("griffe", reason="no griffe: make test-site")
    from tools import site_docstrings

    assert site_docstrings.markdown(docstring) == markdown


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# Title\n\n```python\nx\n```\n\nIt does [this](a.md). And that.\n", "It does this."),
        ("# Title\n\nIt begins so:\n\n- a\n", "It begins so"),
        ("# Title\n", ""),
    ],
)
def test_what_a_page_says_first(text: str, sentence: str) -> None:
    pytest.importorskip("mkdocs", reason="no mkdocs: make test-site")
    from tools import site_pages

    assert site_pages.first_sentence(text) == sentence


def test_what_is_broken_fails_the_build(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="no mkdocs: make test-site")
    for name in ("docs", "tools", "src"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("reference", "__pycache__")
        )
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    # A small site: the reference takes most of the time of a build.
    settings = re.sub(
        r"^nav:\n.*?^(?=plugins:)",
        "",
        (ROOT / "mkdocs.yml").read_text("utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    (tmp_path / "mkdocs.yml").write_text(settings + "nav: [retries.md]\n")
    broken = ("[a](events.md#nowhere)", "[b](nothing.md)", "[c](../nothing.py)", "![d](images/nothing.svg)")
    with (tmp_path / "docs/retries.md").open("a") as page:
        page.write("\n\n".join(broken))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    for link in ("events.md#nowhere", "nothing.md", "../nothing.py", "images/nothing.svg"):
        assert any("WARNING" in line and link in line for line in done.stderr.splitlines()), link


def test_an_example_says_what_it_takes_from_those_before_it() -> None:
    pytest.importorskip("mkdocs", reason="no mkdocs: make test-site")
    from tools import site_pages

    page = "```python\nimport a.b\nc = 1\n```\n\n```python\nprint(c, a, d)\nc = 2\n```\n\n```python\nprint(c)\n```\n"
    titles = re.findall(r"^```python(.*)$", site_pages.mark_continued(page), re.MULTILINE)
    assert titles == ["", ' title="Continues: a"', ' title="Continues: c"']
