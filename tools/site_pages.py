"""Hooks of mkdocs: what a page needs to read well on GitHub, in tests and on the site at once, and the files for language models.

- CHANGELOG, CONTRIBUTING and SECURITY stand at the top of the repository, and are pages of the site.
- An example that goes on from one before it says what it takes from there.
- A block of text right behind an example is its output, and is shown as such (``tests/test_documents.py`` compares it).
- ``llms.txt`` lists the pages; ``llms-full.txt`` holds their text; each page is there as Markdown, beside its HTML.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = get_plugin_logger("site_pages")
ROOT = Path(__file__).resolve().parent.parent
#: Pages that stand outside docs/, by their place in the site.
PROJECT = {
    "project/changelog.md": "CHANGELOG.md",
    "project/contributing.md": "CONTRIBUTING.md",
    "project/security-policy.md": "SECURITY.md",
}
#: Pages of wide tables, which take the place of the table of contents.
WIDE = ("events.md", "differences.md")
#: Everybody knows where these come from.
MODULES = ("asyncio", "boto3", "io", "json", "os", "sotalia")
_OUTPUT = re.compile(r"(^```(?:python|console)[^\n]*\n.*?^```\n\n)```text\n", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")

# For llms.txt: the pages with their text, and in which order they come.
_order: list[str] = []
_texts: dict[str, tuple[Page, str]] = {}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take the addresses of the site and of the source from pyproject.toml, where they stand once."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    config.site_url = os.environ.get("SITE_URL", urls.get("Documentation", ""))
    if "Source" in urls:
        config.extra["source_url"] = f"{urls['Source']}/blob/main"
        # Not the theme's repo_url: that asks the host for stars, from each reader's browser.
        config.extra["social"] = [
            {"icon": "fontawesome/brands/git-alt", "link": urls["Source"], "name": "Source"}
        ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand outside docs/."""
    _texts.clear()
    for place, name in PROJECT.items():
        files.append(File.generated(config, place, content=(ROOT / name).read_text("utf-8")))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Note the pages in the order in which a reader finds them."""
    _order[:] = [page.file.src_uri for page in nav.pages]
    return nav


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Make links and blocks of examples those of the site."""
    markdown = _LINK.sub(lambda found: _link(found, page.file.src_uri, config), markdown)
    if page.file.src_uri == "project/changelog.md" and "\n## " not in markdown:
        markdown += "\nNothing has been released yet.\n"
    _texts[page.file.src_uri] = page, markdown
    if page.file.src_uri in WIDE:
        page.meta.setdefault("hide", ["toc"])
    if page.file.src_uri == "events.md":  # what a search for an event should find first
        page.meta.setdefault("search", {"boost": 4})
    markdown = mark_continued(markdown)
    markdown = re.sub(r"^(```\w+) no-run", r"\1", markdown, flags=re.MULTILINE)
    return _OUTPUT.sub(r'\1```text title="Output"\n', markdown)


def mark_continued(markdown: str) -> str:
    """Say above an example which names it takes from examples before it."""
    known: set[str] = set()

    def marked(block: re.Match[str]) -> str:
        try:
            tree = ast.parse(block[2])
        except SyntaxError:  # a fragment, shown only
            return block[0]
        made, used = _names(tree)
        taken = sorted((used - made - {*dir(builtins), *MODULES}) & known)
        known.update(made)
        if not taken:
            return block[0]
        return f'```python title="Continues: {", ".join(taken)}"\n{block[2]}```'

    return re.sub(r"^```python( no-run)?\n(.*?)^```$", marked, markdown, flags=re.DOTALL | re.MULTILINE)


def _names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """What a module makes, wherever in it, and what it uses."""
    made: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name) | ast.arg(arg=name):
                made.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                made.add(name)
            case ast.ExceptHandler(name=str(name)):
                made.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                made.update((alias.asname or alias.name).partition(".")[0] for alias in names)
    return made, used


def _link(found: re.Match[str], source: str, config: MkDocsConfig) -> str:
    text, target = found[1], found[2]
    path, mark, anchor = target.partition("#")
    if "://" in target or not path:
        return found[0]
    home = PROJECT.get(source, f"docs/{source}")
    absolute = (ROOT / home).parent.joinpath(path).resolve()
    if not absolute.is_relative_to(ROOT) or not (absolute.exists() or absolute.is_relative_to(ROOT / "docs")):
        log.warning("%s: there is nothing at %s", source, target)
        return text
    inside = absolute.relative_to(ROOT).as_posix()
    places = {name: place for place, name in PROJECT.items()}
    if inside in places:
        goal = places[inside]
    elif inside.startswith("docs/"):
        goal = inside.removeprefix("docs/")
    else:
        # Of the repository, not of the site.
        url = config.extra.get("source_url")
        return f"[{text}]({url}/{inside})" if url else text
    up = "../" * source.count("/")
    return f"[{text}]({up}{goal}{mark}{anchor})"


def on_post_build(config: MkDocsConfig) -> None:
    """Write llms.txt, llms-full.txt and each page's Markdown."""
    site = Path(config.site_dir)
    lines, whole = [f"# {config.site_name}", "", f"> {config.site_description}", ""], []
    for section, pages in _sections():
        lines += [f"## {section}", ""]
        for page, text in pages:
            source = page.file.src_uri
            target = site / source
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            lines.append(
                f"- [{page.title}]({config.site_url or ''}{source}): {first_sentence(text)}".rstrip(": ")
            )
            if not source.startswith("reference/"):
                whole.append(f"<!-- {source} -->\n\n{text.strip()}\n")
        lines.append("")
    (site / "llms.txt").write_text("\n".join(lines), "utf-8")
    (site / "llms-full.txt").write_text("\n".join(whole), "utf-8")


def _sections() -> list[tuple[str, list[tuple[Page, str]]]]:
    sections: dict[str, list[tuple[Page, str]]] = {}
    for page, text in (_texts[source] for source in _order if source in _texts):
        top = page.ancestors[-1].title if page.ancestors else "Pages"
        sections.setdefault(top, []).append((page, text))
    return list(sections.items())


def first_sentence(text: str) -> str:
    """What a page says first, below its title; nothing where it has no prose."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for block in prose.split("\n\n"):
        if re.match(r"[A-Za-z`\[(]", block.strip()):
            plain = _LINK.sub(r"\1", " ".join(block.split()))
            return re.split(r"(?<=\.)\s", plain)[0].rstrip(":")
    return ""
