# SPDX-License-Identifier: MIT
"""Checks that the callers of the C interface give the same answers to the requests of questions.json, byte for byte,
and that these are what the tool prints with --json.
usage: c_api_commands.py TOOL CALLER... [-- CALLER...]..."""

import json
import pathlib
import subprocess
import sys

QUESTIONS = json.loads((pathlib.Path(__file__).parent / "questions.json").read_text())
REQUESTS = "".join(json.dumps(each["request"]) + "\n" for each in QUESTIONS)


def output_of(words, text):
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False).stdout


def of_tool(tool, question):
    job = question["request"].get("job")
    return json.loads(output_of([tool, *question["words"], "--json"], json.dumps(job) if job else ""))


def callers_of(words):
    callers = [[]]
    for word in words:
        if word == "--":
            callers.append([])
        else:
            callers[-1].append(word)
    return callers


def main(tool, *words):
    expected = [of_tool(tool, each) for each in QUESTIONS]
    callers = callers_of(words)
    lines = [output_of([*caller, "--commands"], REQUESTS).splitlines() for caller in callers]
    answers = [json.loads(line) for line in lines[0]]
    for place, (answer, wanted) in enumerate(zip(answers, expected, strict=True), 1):
        if "error" in wanted:
            # In a stream, what is refused has the number of its line.
            for problem in (answer["error"], *answer["problems"]):
                assert problem.pop("line") == place, answer
        assert answer == wanted, QUESTIONS[place - 1]["words"]
    for caller, other in zip(callers, lines, strict=True):
        assert other == lines[0], caller
    print(f"{len(answers)} answers, the same from {len(callers)} callers and the command line")


main(*sys.argv[1:])
