#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails at a link between the pages of the repository whose file or heading does not exist, at a test that a page names
and its file does not have, at a page that README.md does not lead to, and at a README of more than 200 lines. Links to
other places are not asked: tests use no network.

usage: links.py SOURCE
"""

import pathlib
import re
import sys

TEST = re.compile(r'`(tests/[^`]+)`: "([^"]+)"')
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def without_blocks(text):
    """Returns a page without its fenced blocks."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)


def without_code(text):
    """Returns a page without its fenced blocks and inline code."""
    return re.sub(r"`[^`\n]*`", "", without_blocks(text))


def anchors(text):
    """Returns the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ +(.*)$", without_blocks(text), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def main(source):
    root = pathlib.Path(source).resolve()
    pages = [root / "README.md"] + sorted(root.glob("examples/**/*.md")) + sorted(root.glob(".github/**/*.md"))
    pages += sorted(root.glob("tests/**/*.md"))
    pages = [page for page in pages if "node_modules" not in page.parts]
    wrong, reached = [], {}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        reached[page] = set()
        for name, test in TEST.findall(text):
            if not (root / name).exists() or test not in (root / name).read_text(encoding="utf-8"):
                wrong.append(f"{page.relative_to(root)}: {name} has no \"{test}\"")
        for link in LINK.findall(without_code(text)):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            reached[page].add(target)
            if not target.exists():
                wrong.append(f"{page.relative_to(root)}: no file for {link}")
            elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
                wrong.append(f"{page.relative_to(root)}: no heading for {link}")
    todo, seen = [root / "README.md"], set()
    while todo:
        page = todo.pop()
        if page not in seen:
            seen.add(page)
            todo += [target for target in reached.get(page, ())]
    guide = [page for page in pages if page.parent.name in ("guide", "contributing")]
    wrong += [f"README.md does not lead to {page.relative_to(root)}" for page in guide if page not in seen]
    if len((root / "README.md").read_text(encoding="utf-8").splitlines()) > 200:
        wrong.append("README.md has more than 200 lines")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1])
