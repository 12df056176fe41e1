#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes examples/guide/troubleshooting.md from the snippets of this folder: each error of the compiler that a user can
meet, with the text of g++ and of clang that the tests of the snippets find, the code that causes it and the code that
does not.

usage: page.py           writes the page
       page.py --check   fails if the page is another one
"""

import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
PAGE = FOLDER.parent.parent / "examples/guide/troubleshooting.md"
HEAD = """# Errors of the compiler

Each section is an error that a program which uses cardfit can meet: the code, what g++ and clang say of it, and the code that compiles. Texts
in the compilers' words are patterns where versions differ: `.` stands for a quotation mark, and `[0-9]+` for a number. Since clang 15,
"static_assert failed" is "static assertion failed". The page is written by `tests/compile_fail/page.py`, and the tests compile each snippet.

Two errors come before all of these: without `-std=c++20` or later, the compiler says "cardfit needs C++20: compile with -std=c++20 or later", and with
`-fno-exceptions` it says to compile without it.

"""


def readable(pattern):
    """Returns the text of a regular expression whose only special characters are escapes."""
    return re.sub(r"\\(.)", r"\1", pattern)


def section(path):
    """Returns the section of one snippet."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    about, said, code = [], {"g++": [], "clang": []}, []
    for line in lines:
        expected = re.match(r"// expect (g\+\+|clang): (.*)", line)
        if expected:
            said[expected.group(1)].append(readable(expected.group(2)))
        elif line.startswith("//") and not code:
            about.append(line[2:].strip())
        else:
            code.append(line)
    sentence = " ".join(about)
    title = path.stem.replace("_", " ")
    texts = "".join(f"{compiler}:\n\n```text\n" + "\n".join(words) + "\n```\n\n" for compiler, words in said.items())
    listing = "\n".join(code)
    return f"## {title[0].upper()}{title[1:]}\n\n{sentence}\n\n{texts}`CARDFIT_FAIL` stands for the mistake:\n\n```c++\n{listing}\n```\n"


def main(arguments):
    page = HEAD + "\n".join(section(path) for path in sorted(FOLDER.glob("*.cpp")))
    if arguments == ["--check"]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            sys.exit(f"{PAGE.name} is not what the snippets say: run tests/compile_fail/page.py")
    else:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
