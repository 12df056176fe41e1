#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes the library in one place at a time, and looks whether a test notices.

usage: run.py [--places ROOM]... [--count N] [--seed S] [--minutes M] [--work FOLDER] [--compiler CXX] [--only TEXT]
              [--report FILE]

A mutant is one operator, comparison, whole number, flag or enumerator of include/cardfit/ROOM that was replaced. It is
compiled with the tests that include its header, the quickest first: the header alone, the static tests (those of the
same room before others), the run-time tests of the estimates and decisions, and the tests of published rows. The first
that fails kills it. A mutant that does not compile for another reason than a failed static_assert is refused by the
language, and is not counted. The exit code is 1 where the score is below the one that CONTRIBUTING.md promises.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROMISED = 0.90

# What replaces an operator or a word. A comparison gets another bound, or its opposite.
REPLACED = {
    '+': '-', '-': '+', '*': '/', '/': '*', '%': '/',
    '<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==',
    '&&': '||', '||': '&&', '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=',
    'larger(': 'smaller(', 'smaller(': 'larger(', 'true': 'false', 'false': 'true',
}

# What is no arithmetic of the library: comments, texts, directives, attributes, the heads of templates, casts.
NO_CODE = re.compile(
    r'//[^\n]*|"(\\.|[^"\\])*"|#[^\n]*|\[\[[^\]]*\]\]|template <[^\n]*|static_cast<[^>]*>|std::\w+<[^;{]*?>\(?'
    r'|\boperator[^\s(]+|noexcept\([^)]*\)|static_assert\((?:[^;]|\n)*?;')

PLACE = re.compile(
    r'(?<=[\w)\]] )(\+=|-=|\*=|/=|\+|-|\*|/|%|<=|>=|==|!=|<|>|&&|\|\|)(?= [\w(!.{-])'
    r'|\b(?:larger|smaller)\((?=[\w(])'
    r'|\b(?:true|false)\b'
    r'|(?<![\w.\'])\d+(?![\w.\'])(?! *>)'
    r'|\b[a-z_]+::[a-z_0-9]+\b(?![(:<{])')


def enumerations():
    """Returns the enumerators of each enumeration, by its name."""
    found = {}
    for header in glob.glob(SOURCE + '/include/cardfit/**/*.hpp', recursive=True):
        text = re.sub(r'//[^\n]*', '', open(header).read())
        for name, body in re.findall(r'enum class (\w+)[^{;]*\{([^}]*)\}', text):
            names = [re.split(r'[\s=]', each.strip())[0] for each in body.split(',') if each.strip()]
            if len(names) > 1:
                found[name] = names
    return found


def other(token, enumerated, choose):
    """Returns what replaces a token; None where nothing does."""
    if token.isdigit():
        return str(int(token) - 1) if token != '0' and choose.random() < 0.3 else str(int(token) + 1)
    if '::' not in token:
        return REPLACED[token]
    kind, value = token.split('::')
    others = [each for each in enumerated.get(kind, []) if each != value]
    return f'{kind}::{choose.choice(others)}' if others and value in enumerated[kind] else None


def places(rooms, choose):
    """Returns every mutant of the rooms: (header, begin, end, token, replacement)."""
    enumerated = enumerations()
    found = []
    for room in rooms:
        for header in sorted(glob.glob(f'{SOURCE}/include/cardfit/{room}/**/*.hpp', recursive=True)):
            text = open(header).read()
            code = NO_CODE.sub(lambda m: ' ' * len(m.group()), text)
            for match in PLACE.finditer(code):
                line = line_of(text, match.start())
                # A default of a parameter `= 0` of a pure function and a thrown text are kept.
                if 'throw ' in line or '.source' in line or 'using ' in line:
                    continue
                new = other(match.group(), enumerated, choose)
                if new is not None:
                    found.append((os.path.relpath(header, SOURCE), match.start(), match.end(), match.group(), new))
    return found


def line_of(text, position):
    """Returns the line in which a position lies, without the blanks around it."""
    return text[text.rfind('\n', 0, position) + 1:text.find('\n', position)].strip()


def run(command, folder, limit):
    """Returns the exit code and the output of a command that may take `limit` seconds of a processor, however busy it
    is; it is killed beyond that."""
    def bound():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors='replace', preexec_fn=bound)
    return done.returncode, done.stdout + done.stderr


class workshop:
    """A copy of the headers in which mutants are made, one after another."""

    def __init__(self, options, folder):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copytree(SOURCE + '/include', folder + '/include')
        shutil.copytree(SOURCE + '/tests', folder + '/tests', ignore=shutil.ignore_patterns('corpus', 'configs'))
        self.cxx = [options.compiler, '-std=c++20', '-w', f'-I{folder}/include', f'-I{folder}/tests']
        self.defines = [f'-DCARDFIT_TEST_DATA="{SOURCE}/tests"', f'-DCARDFIT_SOURCE="{SOURCE}"',
                        f'-DCARDFIT_SCRATCH="{folder}"', '-DCARDFIT_TOOL="none"', '-DCARDFIT_FAKE_NVML="none"']
        # The test of the compiler's budget of steps takes longest, and sees no more than the others.
        self.static = [f for f in glob.glob(folder + '/tests/**/*.static.cpp', recursive=True) if 'thousands' not in f]
        self.groups = {'rooms': sorted(glob.glob(folder + '/tests/estimate/**/*_test.cpp', recursive=True) +
                                       glob.glob(folder + '/tests/decide/*_test.cpp') +
                                       glob.glob(folder + '/tests/hardware/*_test.cpp')),
                       'published': sorted(glob.glob(folder + '/tests/published/*_test.cpp') +
                                           glob.glob(folder + '/tests/calibration/*_test.cpp'))}
        for name, files in self.groups.items():
            with open(f'{folder}/{name}.cpp', 'w') as unit:
                unit.write(''.join(f'#include "{f}"\n' for f in files))
        self.dependencies = {}
        self.must(self.cxx + ['-O0', '-c', folder + '/tests/main.cpp', '-o', folder + '/main.o'])
        for name in self.groups:
            failed = self.by_running(name, 'include/cardfit/estimate/memory_estimate.hpp')
            if failed:
                sys.exit(f'without a mutant, a test fails: {failed[1]}')

    def must(self, command):
        code, output = run(command, self.folder, 900)
        if code:
            sys.exit(f'{" ".join(command)}\n{output}')

    def includes(self, test, header):
        if test not in self.dependencies:
            self.dependencies[test] = run(self.cxx + self.defines + ['-MM', test], self.folder, 300)[1]
        return header in self.dependencies[test]

    def nearest(self, header):
        """Returns the static tests that include a header: its own first, then those of its room."""
        place = os.path.relpath(os.path.splitext(header)[0], 'include/cardfit').split('/')

        def distance(test):
            path = os.path.relpath(test, self.folder + '/tests').replace('.static.cpp', '').split('/')
            return -len(os.path.commonprefix([path, place])), test
        room = f'{self.folder}/tests/{place[0]}/'
        return sorted((t for t in self.static if t.startswith(room) and self.includes(t, header)), key=distance)

    def outcome(self, header):
        """Returns what happens to the mutant that is in place, and which test does it."""
        code, output = run(self.cxx + ['-fsyntax-only', '-x', 'c++', f'{self.folder}/{header}'], self.folder, 300)
        if code:
            return ('killed', header) if asserted(output) else ('refused', first_error(output))
        near = self.nearest(header)
        return (self.by_static(near[:3]) or self.by_running('rooms', header) or self.by_static(near[3:]) or
                self.by_running('published', header) or ('survived', ''))

    def by_static(self, tests):
        """Returns the outcome if a static test kills the mutant."""
        for test in tests:
            if run(self.cxx + ['-fsyntax-only', test], self.folder, 300)[0]:
                return 'killed', os.path.relpath(test, self.folder)
        return None

    def by_running(self, name, header):
        """Returns the outcome if a group of run-time tests kills the mutant."""
        unit = f'{self.folder}/{name}.cpp'
        if not self.includes(unit, header):
            return None
        object_file = f'{self.folder}/{name}.o'
        code, output = run(self.cxx + self.defines + ['-O0', '-c', unit, '-o', object_file], self.folder, 600)
        if code:
            return ('killed', 'compiling the tests') if asserted(output) else ('refused', first_error(output))
        self.must(self.cxx[:1] + [object_file, self.folder + '/main.o', '-o', f'{self.folder}/{name}', '-ldl'])
        code, output = run([f'{self.folder}/{name}', '--abort-after=1'], self.folder, 120)
        if not code:
            return None
        case = re.search(r'TEST CASE:\s*(.*)', output)
        return 'killed', f'{name}: {case.group(1) if case else "stopped"}'

    def judge(self, mutant):
        header, begin, end, _, new = mutant
        path = f'{self.folder}/{header}'
        text = open(path).read()
        with open(path, 'w') as out:
            out.write(text[:begin] + new + text[end:])
        try:
            return self.outcome(header)
        finally:
            with open(path, 'w') as out:
                out.write(text)


def asserted(output):
    """Whether a compilation failed because an assertion does not hold, or an estimate throws at compile time."""
    return 'static assertion' in output or 'static_assert' in output or 'constant expression' in output


def first_error(output):
    found = re.search(r'error: (.*)', output)
    return found.group(1)[:80] if found else 'the compiler was stopped'


def described(mutant, verdict):
    header, begin, _, old, new = mutant
    text = open(f'{SOURCE}/{header}').read()
    return {'header': header, 'line': text.count('\n', 0, begin) + 1, 'old': old, 'new': new, 'outcome': verdict[0],
            'by': verdict[1], 'source': line_of(text, begin)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--places', action='append', metavar='ROOM')
    parser.add_argument('--count', type=int, default=400)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--minutes', type=float, default=1e9)
    parser.add_argument('--work', default='/tmp/cardfit-mutation')
    parser.add_argument('--compiler', default='clang++')
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--only', default='', help='only places whose HEADER:LINE contains this text')
    parser.add_argument('--report', default='')
    options = parser.parse_args()
    choose = random.Random(options.seed)
    mutants = places(options.places or ['estimate', 'decide', 'hardware', 'job'], choose)
    total = len(mutants)
    choose.shuffle(mutants)
    if options.only:
        mutants = [m for m in mutants if options.only in '{header}:{line}'.format(**described(m, ('', '')))]
    mutants = mutants[:options.count]
    print(f'{len(mutants)} of {total} places, seed {options.seed}', flush=True)
    shops = [workshop(options, f'{options.work}/{n}') for n in range(options.workers)]
    start = time.time()
    results = []

    def work(shop, share):
        for mutant in share:
            if time.time() - start > options.minutes * 60:
                return
            result = described(mutant, shop.judge(mutant))
            results.append(result)
            print('{outcome:8s} {header}:{line}  {old} -> {new}   {source:.100s}   [{by}]'.format(**result), flush=True)
            if options.report:
                with open(options.report, 'a') as out:
                    out.write(json.dumps(result) + '\n')

    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        for done in [pool.submit(work, shop, mutants[n::options.workers]) for n, shop in enumerate(shops)]:
            done.result()
    killed = sum(r['outcome'] == 'killed' for r in results)
    survived = sum(r['outcome'] == 'survived' for r in results)
    score = killed / max(killed + survived, 1)
    print(f'{killed} of {killed + survived} killed: {100 * score:.1f} %; '
          f'{len(results) - killed - survived} refused by the compiler')
    return 0 if score >= PROMISED else 1


if __name__ == '__main__':
    sys.exit(main())
