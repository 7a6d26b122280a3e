"""Hooks of mkdocs: what a page needs to read well on GitHub, in tests and on the site at once, and the files for language models.

- CHANGELOG, CONTRIBUTING and SECURITY stand at the top of the repository, and are pages of the site.
- A block of text right behind an example is its output, and is shown as such (``tests/test_documents.py`` compares it).
- ``llms.txt`` lists the pages; ``llms-full.txt`` holds their text; each page is there as Markdown, beside its HTML.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
#: Pages that stand outside docs/, by their place in the site.
PROJECT = {
    "project/changelog.md": "CHANGELOG.md",
    "project/contributing.md": "CONTRIBUTING.md",
    "project/security-policy.md": "SECURITY.md",
}
_OUTPUT = re.compile(r"(^```(?:python|console)[^\n]*\n.*?^```\n\n)```text\n", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")

# Pages in the order of the navigation, with their text, for llms.txt.
_texts: dict[str, tuple[Page, str]] = {}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand outside docs/."""
    _texts.clear()
    for place, name in PROJECT.items():
        files.append(File.generated(config, place, content=(ROOT / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Make links and blocks of examples those of the site."""
    markdown = _LINK.sub(lambda found: _link(found, page.file.src_uri, config), markdown)
    if page.file.src_uri == "project/changelog.md" and "\n## " not in markdown:
        markdown += "\nNothing has been released yet.\n"
    _texts[page.file.src_uri] = page, markdown
    markdown = re.sub(r"^(```\w+) no-run", r"\1", markdown, flags=re.MULTILINE)
    return _OUTPUT.sub(r'\1```text title="Output"\n', markdown)


def _link(found: re.Match[str], source: str, config: MkDocsConfig) -> str:
    text, target = found[1], found[2]
    path, mark, anchor = target.partition("#")
    if "://" in target or not path:
        return found[0]
    home = PROJECT.get(source, f"docs/{source}")
    absolute = (ROOT / home).parent.joinpath(path).resolve()
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
                f"- [{page.title}]({config.site_url or ''}{source}): {_first_sentence(text)}".rstrip(": ")
            )
            if not source.startswith("reference/"):
                whole.append(f"<!-- {source} -->\n\n{text.strip()}\n")
        lines.append("")
    (site / "llms.txt").write_text("\n".join(lines), "utf-8")
    (site / "llms-full.txt").write_text("\n".join(whole), "utf-8")


def _sections() -> list[tuple[str, list[tuple[Page, str]]]]:
    sections: dict[str, list[tuple[Page, str]]] = {}
    for page, text in _texts.values():
        top = page.ancestors[-1].title if page.ancestors else "Pages"
        sections.setdefault(top, []).append((page, text))
    return list(sections.items())


def _first_sentence(text: str) -> str:
    """What a page says first, below its title."""
    for block in re.sub(r"^---\n.*?\n---\n", "", text, flags=re.DOTALL).split("\n\n"):
        if re.match(r"[A-Za-z`*\[]", block):
            plain = _LINK.sub(r"\1", " ".join(block.split()))
            return re.split(r"(?<=[.:])\s", plain)[0].rstrip(":") or plain
    return ""
