#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes the library in one place at a time, and looks whether a test notices.

usage: run.py [--places ROOM]... [--count N] [--seed S] [--minutes M] [--work FOLDER] [--compiler CXX] [--only TEXT]
              [--workers N] [--report FILE] [--program-alone] [--survivors FILE] [--again FILE]

A mutant is one operator, comparison, whole number, flag or enumerator of include/cardfit/ROOM that was replaced. All of
them are compiled at once into one program of tests, in which the environment variable CARDFIT_MUTANT chooses the one
that acts (Untch, Offutt and Harrold, "Mutation analysis using mutant schemata", 1993). The program contains the
run-time tests of the estimates, decisions and published rows, and the static tests, rewritten so that they are evaluated
at run time. A failed test, a crash or a run that takes far too long kills the mutant.

What acts only in a constant of the compiler is invisible at run time. Such a mutant, and one that the program cannot
contain, is compiled with the static tests and then the run-time tests that include its header. One that does not compile
for another reason than a failed static_assert is refused by the language, and is not counted. With --program-alone,
the compiler judges only what the program cannot: a mutant that the program reaches and lets live counts as a survivor,
so the score is a lower bound and takes a fraction of the time.

equivalent.txt lists mutants that no test can notice, each with its reason. They are judged like all others, but not
counted. An entry whose line does not exist, or whose mutant a test kills, is an error. The exit code is 1 where there
is such an error, or the score is below the goal that CONTRIBUTING.md names.

--survivors writes the mutants that live, in the form of equivalent.txt without its reasons; survivors.txt is the list
of the last scoring of 400 places. --again judges only the mutants that such a list names.
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
GOAL = 0.90

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
    r'|(?<![\w.\'])(?<!\de-)\d+(?![\w.\'])(?! *>)'
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


def blanked(text):
    """Returns the text with what is no arithmetic of the library replaced by spaces."""
    return NO_CODE.sub(lambda m: ' ' * len(m.group()), text)


def places(rooms, choose):
    """Returns every mutant of the rooms: (header, begin, end, token, replacement)."""
    enumerated = enumerations()
    found = []
    for room in rooms:
        for header in sorted(glob.glob(f'{SOURCE}/include/cardfit/{room}/**/*.hpp', recursive=True)):
            text = open(header).read()
            for match in PLACE.finditer(blanked(text)):
                line = line_of(text, match.start())
                # A default of a parameter `= 0` of a pure function and a thrown text are kept.
                if 'throw ' in line or '.source' in line or 'using ' in line:
                    continue
                new = other(match.group(), enumerated, choose)
                if new is not None:
                    found.append((os.path.relpath(header, SOURCE), match.start(), match.end(), match.group(), new))
    return found


def line_of(text, position):
    return text[text.rfind('\n', 0, position) + 1:text.find('\n', position)].strip()


class equivalents:
    """What equivalent.txt lists: FILE | SOURCE LINE | OLD -> NEW | REASON, one per line. FILE is below include/cardfit,
    SOURCE LINE the whole line of the source without its comment, and NEW may be the word any. An entry is about every
    OLD of its line. A # begins a comment."""

    def __init__(self):
        self.entries = {}
        for number, line in enumerate(open(EQUIVALENT), 1):
            if line.strip() and not line.startswith('#'):
                parts = [part.strip() for part in line.split(' | ')]
                if len(parts) != 4 or ' -> ' not in parts[2] or not parts[3]:
                    sys.exit(f'{EQUIVALENT}:{number}: an entry is FILE | SOURCE LINE | OLD -> NEW | REASON')
                self.entries[tuple(parts[:2] + parts[2].split(' -> '))] = number

    def check(self):
        """Leaves where an entry names no line of the library that has what it replaces."""
        stale = []
        for (file, source, old, _), number in self.entries.items():
            path = f'{SOURCE}/include/cardfit/{file}'
            if not os.path.exists(path) or old not in source or source not in map(uncommented, open(path)):
                stale.append(f'{EQUIVALENT}:{number}: no such line: {file}: {source}')
        if stale:
            sys.exit('\n'.join(stale))

    def lists(self, result):
        """Whether a described mutant is listed."""
        place = (os.path.relpath(result['header'], 'include/cardfit'), uncommented(result['source']), result['old'])
        return (*place, result['new']) in self.entries or (*place, 'any') in self.entries


def uncommented(line):
    return re.sub(r'\s*//.*', '', line).strip()


def run(command, folder, limit, environment=None):
    """Returns the exit code and the output of a command that may take `limit` seconds of a processor, however busy it
    is; it is killed beyond that."""
    def bound():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors='replace', preexec_fn=bound,
                          env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout + done.stderr


def defines(folder):
    return [f'-DCARDFIT_TEST_DATA="{SOURCE}/tests"', f'-DCARDFIT_SOURCE="{SOURCE}"', f'-DCARDFIT_SCRATCH="{folder}"',
            '-DCARDFIT_TOOL="none"', '-DCARDFIT_FAKE_NVML="none"']


def run_time_tests(folder):
    """Returns the files of the run-time tests by group, those of the estimates and decisions first."""
    found = {'rooms': [], 'published': []}
    for room in ('estimate', 'decide', 'hardware'):
        found['rooms'] += sorted(glob.glob(f'{folder}/tests/{room}/**/*_test.cpp', recursive=True))
    for room in ('published', 'calibration'):
        found['published'] += sorted(glob.glob(f'{folder}/tests/{room}/*_test.cpp'))
    return found


def static_tests(folder):
    """Returns the files of the static tests, but for the compiler's budget of steps, which takes longest, and for what
    only a compiler can see."""
    return [f for f in sorted(glob.glob(folder + '/tests/**/*.static.cpp', recursive=True))
            if not re.search('thousands|using_namespace', f)]


# ---- All mutants in one program

EQUIVALENT = os.path.join(SOURCE, 'tests/mutation/equivalent.txt')
SWITCH = os.path.join(SOURCE, 'tests/mutation/switch.hpp')

CLOSING = {')': '(', ']': '[', '}': '{'}
ENDS = re.compile(r'[,;?]|(?<!:):(?!:)|(?<![=<>!+\-*/])=(?!=)|\breturn\b')


def operand_begin(code, at, lower):
    """Returns where the left operand of the logical operator at `at` begins. `lower` are the operators that bind less."""
    depth = 0
    k = at
    while k > 0:
        k -= 1
        c = code[k]
        if c in ')]}':
            depth += 1
        elif c in '([{':
            if depth == 0:
                return k + 1
            depth -= 1
        elif depth == 0 and (ENDS.match(code, k) or code[k:k + 2] in lower):
            return k + (6 if code.startswith('return', k) else 2 if code[k:k + 2] in lower else 1)
    return 0


def operand_end(code, at, lower):
    """Returns where the right operand that begins at `at` ends."""
    depth = 0
    for k in range(at, len(code)):
        c = code[k]
        if c in '([{':
            depth += 1
        elif c in ')]}':
            if depth == 0:
                return k
            depth -= 1
        elif depth == 0 and (ENDS.match(code, k) or code[k:k + 2] in lower):
            return k
    return len(code)


def edits_of(code, mutant, n):
    """Returns the edits of a header by which mutant `n` can be switched on: (begin, end, order, text) each. Where two
    begin at the same position, the order of nested operands counts: of those that open, the larger one is first; of
    those that close, the smaller."""
    _, begin, end, old, new = mutant
    if old in ('&&', '||'):
        first = operand_begin(code, begin, ('||',) if old == '&&' else ())
        while code[first].isspace():
            first += 1
        last = operand_end(code, end, ('&&', '||') if old == '&&' else ('||',))
        unless = f'cardfit_mutation::unless<{n}>('
        return [(first, first, (2, first - last), unless * 2), (begin, begin, (1, begin - first, 1), ')'),
                (end, end, (2, 0), f' {unless}'), (last, last, (1, last - first, 0), '))')]
    if old in ('+=', '-=', '*=', '/='):
        return [(end, end, (2, 0), f" cardfit_mutation::assigned<{n}, '{old[0]}', '{new[0]}'>{{}} =")]
    if old in ('larger(', 'smaller('):
        new = (f'([](const auto&... each) constexpr {{ return cardfit_mutation::on({n}) ? {new}each...) '
               f': {old}each...); }})(')
    elif old in REPLACED and not old.isalpha():
        # A multiplication is chained with %, which no library of units overloads.
        chained = '%' if old in '*/' else old
        names = {'<=': 'l', '>=': 'g', '==': 'e', '!=': 'n'}
        tag = f"cardfit_mutation::changed<{n}, '{names.get(old, old)}', '{names.get(new, new)}'>{{}}"
        new = f'{chained} {tag} {chained}'
    else:
        new = f'cardfit_mutation::pick<{n}>({old}, {new})'
    return [(begin, end, (3,), new)]


def edited(text, edits):
    out = []
    position = 0
    for begin, end, _, new in sorted(edits):
        out.append(text[position:begin] + new)
        position = end
    return ''.join(out) + text[position:]


def switched(text, mutants):
    """Returns the text of a header with all mutants, by number, of which none acts until it is switched on."""
    code = blanked(text)
    return edited(text, [e for n, mutant in mutants.items() for e in edits_of(code, mutant, n)])


VARIABLE = re.compile(r'^(?:inline |static )?constexpr ([\w:<>, ]+?) (\w+)( =\s|\{)', re.MULTILINE)


def statement_end(code, at):
    depth = 0
    for k in range(at, len(code)):
        depth += (code[k] in '([{') - (code[k] in ')]}')
        if code[k] == ';' and depth == 0:
            return k
    return len(code)


def at_run_time(text, name, constants):
    """Returns a static test whose assertions and constants are evaluated at run time, but for these constants; None:
    all."""
    edits = []
    code = re.sub(r'//[^\n]*|"(\\.|[^"\\])*"', lambda m: ' ' * len(m.group()), text)
    for m in re.finditer(r'^static_assert\(', code, re.MULTILINE):
        end = statement_end(code, m.end() - 1)
        line = text.count('\n', 0, m.start()) + 1
        edits.append((m.start(), end, (), f'CARDFIT_HOLDS("{name}:{line}", {text[m.end():end - 1].rstrip()})'))
    for m in VARIABLE.finditer(code) if constants is not None else ():
        if m.group(2) in constants:
            continue
        end = statement_end(code, m.end(3) - 1)
        value = text[m.end(3) - 1:end].strip()
        kind = m.group(1)
        made = f'{value}' if m.group(3).startswith(' =') else f'{kind}{value}'
        returned = '' if kind == 'auto' else f' -> {kind}'
        edits.append((m.start(), end, (),
                      f'static const {kind} {m.group(2)} = cardfit_mutation::now([](){returned} {{ return {made}; }})'))
    return edited(text, edits)


STATIC_TESTS_PER_UNIT = 20


def as_one_unit(tests, folder):
    """Returns the text of a unit of static tests, each in a namespace of its own, with their includes before them.
    `tests` tells for each file which constants remain the compiler's."""
    includes = {}
    parts = []
    for test, constants in tests.items():
        name = os.path.relpath(test, folder)
        text = at_run_time(open(test).read(), name, constants)
        for line in re.findall(r'^#include [^\n]*', text, re.MULTILINE):
            includes[re.sub(r'"(.*)"', lambda m: f'"{os.path.join(os.path.dirname(test), m.group(1))}"', line)] = True
        body = re.sub(r'^#include [^\n]*', '', text, flags=re.MULTILINE)
        # A function of the same name in two tests is two functions.
        own = re.sub(r'\W', '_', name)
        parts.append(f'namespace {own} {{\n#line 1 "{name}"\n{body}\n}}\n')
    return '\n'.join(includes) + '\n' + ''.join(parts)


# The program evaluates the assertions of the static tests first. It notes which mutants each test reaches.
MAIN = r"""
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

class reach : public doctest::IReporter {
public:
    explicit reach(const doctest::ContextOptions&) {}
    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_start(const doctest::TestCaseData& test) override { name_ = test.m_name; }
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override { cardfit_mutation::write_reached(name_); }
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    const char* name_ = "";
};
REGISTER_LISTENER("reach", 1, reach);

int main(int n, char** words) {
    cardfit_mutation::check_assertions();
    cardfit_mutation::write_reached("");
    return doctest::Context(n, words).run();
}
"""


class program:
    """All mutants, and the tests that judge them at run time, in one program."""

    def __init__(self, options, mutants):
        self.folder = f'{options.work}/program'
        self.mutants = dict(mutants)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        shutil.copytree(SOURCE + '/include', self.folder + '/include')
        shutil.copytree(SOURCE + '/tests', self.folder + '/tests', ignore=shutil.ignore_patterns('corpus', 'configs'))
        self.cxx = [options.compiler, '-std=c++20', '-w', '-Wno-error=c++11-narrowing', '-Wno-c++11-narrowing',
                    '-Wno-invalid-constexpr', '-fconstexpr-steps=100000000', '-ferror-limit=0', '-include', SWITCH,
                    # An index beyond an array stops the program, as it stops the compiler.
                    '-fsanitize=bounds', '-fsanitize-trap=bounds',
                    f'-I{self.folder}/include', f'-I{self.folder}/tests'] + defines(self.folder)
        self.objects = []
        self.write_headers(self.mutants.values())
        with open(f'{self.folder}/main.cpp', 'w') as unit:
            unit.write(MAIN)
        units = [f'{self.folder}/main.cpp']
        for name, files in run_time_tests(self.folder).items():
            with open(f'{self.folder}/{name}.cpp', 'w') as unit:
                unit.write(''.join(f'#include "{f}"\n' for f in files))
            units.append(f'{self.folder}/{name}.cpp')
        for unit in units:
            self.compile_changing_headers(unit)
        tests = static_tests(self.folder)
        for part in range(0, len(tests), STATIC_TESTS_PER_UNIT):
            self.compile_static(tests[part:part + STATIC_TESTS_PER_UNIT])
        self.link()

    def write_headers(self, mutants):
        for header in {m[0] for m in mutants}:
            own = {n: m for n, m in self.mutants.items() if m[0] == header}
            with open(f'{self.folder}/{header}', 'w') as out:
                out.write(switched(open(f'{SOURCE}/{header}').read(), own))

    def compiled(self, unit):
        out = unit + '.o'
        code, output = run(self.cxx + ['-O1', '-c', unit, '-o', out], self.folder, 1200)
        return code == 0, out, output

    def compile_changing_headers(self, unit):
        """Compiles a unit; leaves out the mutants on whose lines the compiler finds errors."""
        while True:
            ok, object_file, output = self.compiled(unit)
            if ok:
                self.objects.append(object_file)
                return
            wrong = set(re.findall(re.escape(self.folder) + r'/(include/[^:]+):(\d+):\d+: (?:fatal )?error', output))
            out = [n for n in self.mutants if self.place(n) in wrong]
            if not out:
                wrong = set(re.findall(re.escape(self.folder) + r'/(include/[^:]+):(\d+):', output))
                out = [n for n in self.mutants if self.place(n) in wrong]
            if not out:
                sys.exit(f'{unit} does not compile:\n{output[:3000]}')
            gone = [self.mutants.pop(n) for n in out]
            self.write_headers(gone)

    def compile_static(self, tests):
        """Compiles static tests as one unit. Constants of which the compiler needs the value remain its own; if that
        does not help, all constants of a test do, and then the test is left out."""
        unit = f'{self.folder}/static_{len(self.objects)}.cpp'
        constants = {test: set() for test in tests}
        while constants:
            with open(unit, 'w') as out:
                out.write(as_one_unit(constants, self.folder))
            ok, object_file, output = self.compiled(unit)
            if ok:
                self.objects.append(object_file)
                return
            wrong = {}
            for test, error in re.findall(r'^(tests/[^:]+):\d+:\d+: (?:fatal )?(error.*?)(?=^\S+: (?:fatal )?error|\Z)',
                                          output, re.MULTILINE | re.DOTALL):
                wrong.setdefault(test, set()).update(re.findall(r"non-constexpr variable '(\w+)'", error))
            wrong = wrong or {test: set() for test in re.findall(r'^(tests/[^:]+):\d+:\d+:', output, re.MULTILINE)}
            if not wrong:
                sys.exit(f'{unit} does not compile:\n{output[:3000]}')
            for test in [t for t in constants if os.path.relpath(t, self.folder) in wrong]:
                self.keep_constants(constants, test, wrong[os.path.relpath(test, self.folder)], output)

    def keep_constants(self, constants, test, named, output):
        """Leaves constants of a test that does not compile at run time to the compiler: those that are named, or all; or
        leaves the test out."""
        name = os.path.relpath(test, self.folder)
        if constants[test] is None:
            constants.pop(test)
            print(f'{name} remains a test of the compiler: {first_error(output)}')
        elif named - constants[test]:
            constants[test] |= named
        else:
            constants[test] = None
            print(f'{name}: its constants remain those of the compiler')

    def place(self, n):
        header, begin = self.mutants[n][:2]
        return header, str(open(f'{SOURCE}/{header}').read().count('\n', 0, begin) + 1)

    def link(self):
        code, output = run(self.cxx[:1] + self.objects + ['-o', f'{self.folder}/program', '-ldl', '-lpthread'],
                           self.folder, 600)
        if code:
            sys.exit(output[:3000])
        self.measure()

    def measure(self):
        """Runs all tests without a mutant: which mutants each reaches, and how long it takes."""
        path = f'{self.folder}/reached'
        if os.path.exists(path):
            os.remove(path)
        code, output = self.run_tests(['-d'], {'CARDFIT_REACHED': path}, 600)
        if code:
            sys.exit(f'without a mutant, a test fails:\n{output[-3000:]}')
        seconds = {name: float(s) for s, name in re.findall(r'^([0-9.]+) s: (.*)$', output, re.MULTILINE)}
        self.tests = {}
        with open(path) as lines:
            for line in lines:
                name, numbers = line.rstrip('\n').split('\t')
                for n in map(int, numbers.split()):
                    self.tests.setdefault(n, []).append((seconds.get(name, 0), name))
        print(f'{len(self.mutants)} mutants in the program, {len(self.tests.keys() & self.mutants.keys())} of them are '
              f'reached at run time; all tests take {sum(seconds.values()):.1f} s', flush=True)

    def run_tests(self, flags, environment, limit):
        return run([f'{self.folder}/program', '--abort-after=1'] + flags, self.folder, limit, environment)

    def is_reached(self, n):
        return n in self.mutants and n in self.tests

    def judge(self, n):
        """Returns the outcome of a mutant if this program tells it, otherwise None. The slowest tests that reach it come
        last."""
        if not self.is_reached(n):
            return None
        tests = sorted(self.tests[n])
        quick = len(tests) - len(tests) // 5
        for part in (tests[:quick], tests[quick:]):
            # A comma separates the names of tests, so in a name a ? takes its place.
            names = ','.join(re.sub(r'[",\\\\]', '?', name) for _, name in part if name)
            code, output = self.run_tests([f'--test-case={names or "none"}'], {'CARDFIT_MUTANT': str(n)}, 15)
            if code:
                cases = re.findall(r'TEST CASE:\s*(.*)', output)
                return 'killed', cases[-1] if cases else f'stopped with {code}'
        return None


# ---- One mutant after another

class workshop:
    """A copy of the headers in which mutants are made, one after another."""

    def __init__(self, options, folder):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copytree(SOURCE + '/include', folder + '/include')
        shutil.copytree(SOURCE + '/tests', folder + '/tests', ignore=shutil.ignore_patterns('corpus', 'configs'))
        self.cxx = [options.compiler, '-std=c++20', '-w', f'-I{folder}/include', f'-I{folder}/tests'] + defines(folder)
        self.static = static_tests(folder)
        for name, files in run_time_tests(folder).items():
            with open(f'{folder}/{name}.cpp', 'w') as unit:
                unit.write(''.join(f'#include "{f}"\n' for f in files))
        self.dependencies = {}
        self.must(self.cxx + ['-O0', '-c', folder + '/tests/main.cpp', '-o', folder + '/main.o'])

    def must(self, command):
        code, output = run(command, self.folder, 900)
        if code:
            sys.exit(f'{" ".join(command)}\n{output}')

    def includes(self, test, header):
        if test not in self.dependencies:
            self.dependencies[test] = run(self.cxx + ['-MM', test], self.folder, 300)[1]
        return header in self.dependencies[test]

    def nearest(self, header):
        """Returns the static tests of a header's room that include it, its own first."""
        place = os.path.relpath(os.path.splitext(header)[0], 'include/cardfit').split('/')

        def distance(test):
            path = os.path.relpath(test, self.folder + '/tests').replace('.static.cpp', '').split('/')
            return -len(os.path.commonprefix([path, place])), test
        room = f'{self.folder}/tests/{place[0]}/'
        return sorted((t for t in self.static if t.startswith(room) and self.includes(t, header)), key=distance)

    def outcome(self, header, at_run_time):
        """Returns what happens to the mutant that is in place, and which test does it."""
        code, output = run(self.cxx + ['-fsyntax-only', '-x', 'c++', f'{self.folder}/{header}'], self.folder, 300)
        if code:
            return ('killed', header) if asserted(output) else ('refused', first_error(output))
        found = self.by_static(self.nearest(header))
        if found is None and at_run_time:
            found = self.by_running('rooms', header) or self.by_running('published', header)
        return found or ('survived', '')

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
        code, output = run(self.cxx + ['-O0', '-c', unit, '-o', object_file], self.folder, 600)
        if code:
            return ('killed', 'compiling the tests') if asserted(output) else ('refused', first_error(output))
        self.must(self.cxx[:1] + [object_file, self.folder + '/main.o', '-o', f'{self.folder}/{name}', '-ldl'])
        code, output = run([f'{self.folder}/{name}', '--abort-after=1'], self.folder, 120)
        if not code:
            return None
        case = re.search(r'TEST CASE:\s*(.*)', output)
        return 'killed', f'{name}: {case.group(1) if case else "stopped"}'

    def judge(self, mutant, at_run_time):
        header, begin, end, _, new = mutant
        path = f'{self.folder}/{header}'
        text = open(path).read()
        with open(path, 'w') as out:
            out.write(text[:begin] + new + text[end:])
        try:
            return self.outcome(header, at_run_time)
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


class ledger:
    """The outcomes so far, printed and reported one by one."""

    def __init__(self, options):
        self.options = options
        self.start = time.time()
        self.results = []
        self.equivalents = equivalents()
        self.equivalents.check()

    def is_over(self):
        return time.time() - self.start > self.options.minutes * 60

    def enter(self, mutant, verdict):
        result = described(mutant, verdict)
        if self.equivalents.lists(result):
            result['outcome'] = 'equivalent' if verdict[0] == 'survived' else 'contradicted'
        self.results.append(result)
        print('{outcome:10s} {header}:{line}  {old} -> {new}   {source:.100s}   [{by}]'.format(**result), flush=True)
        if self.options.report:
            with open(self.options.report, 'a') as out:
                out.write(json.dumps(result) + '\n')

    def count(self, outcome):
        return sum(r['outcome'] == outcome for r in self.results)


def survivor(result):
    """Returns the line that names a mutant in a list of survivors."""
    return '{} | {} | {} -> {}'.format(os.path.relpath(result['header'], 'include/cardfit'),
                                       uncommented(result['source']), result['old'], result['new'])


def write_survivors(path, heading, results):
    with open(path, 'w') as out:
        out.write(f'# {heading}\n')
        for line in sorted(survivor(r) for r in results if r['outcome'] == 'survived'):
            out.write(line + '\n')


def in_parallel(workers, work, items):
    """Does work(worker, item) for each item, each worker one after another."""
    def share(worker):
        for item in items[worker::workers]:
            work(worker, item)
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(share, worker) for worker in range(workers)]:
            done.result()


def judge_all(options, numbered):
    """Judges the mutants by the program, then those that are left one after another."""
    book = ledger(options)
    left = []
    whole = program(options, numbered)

    def judge_by_program(_, item):
        n, mutant = item
        verdict = None if book.is_over() else whole.judge(n)
        if verdict:
            book.enter(mutant, verdict)
        else:
            left.append(item)
    in_parallel(options.workers, judge_by_program, numbered)
    if options.program_alone:
        # An index one beyond an array may read what lies there, and the compiler alone refuses it.
        by_compiler = [(n, mutant) for n, mutant in left
                       if not whole.is_reached(n) or described(mutant, ('', ''))['source'].startswith('for (')]
        for item in left:
            if item not in by_compiler and not book.is_over():
                book.enter(item[1], ('survived', ''))
        left = by_compiler
    print(f'{len(left)} of {len(numbered)} are left for the compiler', flush=True)
    shops = [workshop(options, f'{options.work}/{worker}') for worker in range(options.workers)]

    def judge_by_compiler(worker, item):
        n, mutant = item
        if not book.is_over():
            book.enter(mutant, shops[worker].judge(mutant, not whole.is_reached(n)))
    in_parallel(options.workers, judge_by_compiler, left)
    return book


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
    parser.add_argument('--program-alone', action='store_true')
    parser.add_argument('--survivors', default='', help='where to list the mutants that live')
    parser.add_argument('--again', default='', help='only the mutants that this list of survivors names')
    options = parser.parse_args()
    choose = random.Random(options.seed)
    mutants = places(options.places or ['estimate', 'decide', 'hardware', 'job'], choose)
    total = len(mutants)
    choose.shuffle(mutants)
    if options.only:
        mutants = [m for m in mutants if options.only in '{header}:{line}'.format(**described(m, ('', '')))]
    if options.again:
        listed = set(open(options.again).read().split('\n'))
        mutants = [m for m in mutants if survivor(described(m, ('', ''))) in listed]
    mutants = mutants[:options.count]
    print(f'{len(mutants)} of {total} places, seed {options.seed}', flush=True)
    book = judge_all(options, list(enumerate(mutants, 1)))
    killed = book.count('killed')
    judged = killed + book.count('survived')
    score = killed / max(judged, 1)
    contradicted = book.count('contradicted')
    if options.survivors:
        write_survivors(options.survivors, f'{time.strftime("%Y-%m-%d")}, seed {options.seed}, {judged} places: '
                        f'{killed} killed, {100 * score:.1f} %', book.results)
    print(f'{killed} of {judged} killed: {100 * score:.1f} %; {book.count("refused")} refused by the compiler, '
          f'{book.count("equivalent")} equivalent, {contradicted} listed as equivalent but killed')
    return 0 if score >= GOAL and not contradicted else 1


if __name__ == '__main__':
    sys.exit(main())
