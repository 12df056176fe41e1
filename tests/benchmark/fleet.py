#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures runs of a fleet's size and prints a table: time, rate, the most resident memory, and what Ctrl-C does.

    tests/benchmark/fleet.py TOOL PLANNER [SCALE]

TOOL and PLANNER are build/bin/cardfit and build/bin/cardfit_capacity_planner. SCALE divides the sizes, for a quick look
(default: 1). Memory of a stream is measured at a tenth of its length and at the whole of it: it is the same if it does
not grow.
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

MODELS = ["gpt2", "bert-base", "llama-3.2-1b", "qwen2.5-7b", "llama-3.1-8b", "mixtral-8x7b", "llama-3.1-70b"]
CARDS = ["rtx-4090", "a100-sxm4-80gb", "h100-sxm5-80gb", "l40s", "b200-sxm-180gb"]


def training(rng, hardware):
    job = {"model": rng.choice(MODELS), "training": {"micro_batch": rng.randint(1, 16), "sequence_length": rng.choice([256, 512])}}
    return job | ({"hardware": {"card": rng.choice(CARDS)}} if hardware else {})


def inference(rng, hardware):
    job = {"model": rng.choice(MODELS[2:]), "inference": {"framework": "vllm", "batch": rng.randint(1, 64), "prompt": rng.randint(1, 4096)}}
    return job | ({"hardware": {"card": rng.choice(CARDS)}} if hardware else {})


def jobs(count, hardware=True):
    """Yields different jobs, the same ones on every run."""
    rng = random.Random(1)
    for _ in range(count):
        yield rng.choice([training, inference])(rng, hardware)


class Run:
    """One run of a program with lines as its standard input: what it took, how it ended, and what it said."""

    def __init__(self, command, lines=(), stop_after=None):
        begin = time.monotonic()
        with tempfile.TemporaryFile() as errors:
            # A background job of a shell ignores SIGINT, and so would its children.
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            writer = threading.Thread(target=self.write, args=(process.stdin, lines), daemon=True)
            writer.start()
            if stop_after is not None:
                threading.Timer(stop_after, os.kill, (process.pid, signal.SIGINT)).start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            self.said = errors.read().decode()
        self.seconds = time.monotonic() - begin
        self.code = process.returncode
        self.mebibytes = usage.ru_maxrss / 1024
        self.cpu_seconds = usage.ru_utime + usage.ru_stime

    @staticmethod
    def write(stream, lines):
        try:
            for line in lines:
                stream.write(line)
            stream.close()
        except OSError:
            pass  # The program was stopped before the end of its input.

    def check(self):
        """Ends the program if the run has no answer."""
        if self.code not in (0, 1):
            sys.exit(f"fleet.py: exit code {self.code}: {self.said[:500]}")

    def ending(self):
        """Returns what Ctrl-C did. A shell reports the end by SIGINT as 130."""
        if self.code in (0, 1):
            return "answered before it"
        code = 130 if self.code == -signal.SIGINT else self.code
        return f"{'says' if 'stopped' in self.said else 'does not say'} stopped, {code}"


def print_row(what, count, run, ending):
    run.check()
    print(f"| {what} | {count:,} | {run.cpu_seconds:.1f} s | {count / run.cpu_seconds:,.0f} | {run.mebibytes:.0f} MiB | {ending} |", flush=True)


def stream(tool, scale):
    def lines(count):
        return (json.dumps(job).encode() + b"\n" for job in jobs(count))

    stopped = Run([tool, "estimate", "--jsonl"], lines(10**7), stop_after=0.5).ending()
    for count in (10**5 // scale, 10**6 // scale):
        print_row("jobs of a stream (`estimate --jsonl`)", count, Run([tool, "estimate", "--jsonl"], lines(count)), stopped)


def ranking(tool, scale):
    command = [tool, "rank", "llama-3.1-8b", "--train", "--micro-batch", "1", "--recompute", "full", "--json"]
    cards = len(json.loads(subprocess.run([tool, "cards", "--json"], capture_output=True, check=True).stdout))
    numbers = min(1024, -(-(10**5 // scale) // cards))
    counts = [word for number in range(1, numbers + 1) for word in ("--count", str(number))]
    stopped = Run(command + counts, stop_after=0.5).ending()
    print_row("machines of a ranking (`rank`, every card in many numbers)", cards * numbers, Run(command + counts), stopped)


def planner(program, scale):
    machines, count = max(1, 10**3 // scale), 10**5 // scale
    with tempfile.TemporaryDirectory() as folder:
        fleet, wanted = os.path.join(folder, "fleet.csv"), os.path.join(folder, "jobs.jsonl")
        rng = random.Random(2)
        with open(fleet, "w") as out:
            out.write("name,card,cards,per_node,link,dollars_per_hour\n")
            for i in range(machines):
                out.write(f"m{i},{rng.choice(CARDS)},{rng.choice([64, 128])},8,,{rng.randint(16, 400)}\n")
        with open(wanted, "w") as out:
            for i, job in enumerate(jobs(count, hardware=False)):
                out.write(json.dumps({"name": f"j{i}", "job": job}) + "\n")
        stopped = Run([program, fleet, wanted], stop_after=0.5).ending()
        print_row(f"jobs on {machines:,} machines (capacity planner)", count, Run([program, fleet, wanted, "--json"]), stopped)


def layouts(tool):
    job = {"model": "llama-3.1-405b", "hardware": {"card": "h100-sxm5-80gb", "cards": 131072},
           "training": {"precision": "bf16-mixed", "sequence_length": 8192, "micro_batch": 1, "gradient_accumulation": 1}}
    line = [json.dumps(job).encode()]
    stopped = Run([tool, "plan", "-"], line, stop_after=0.1).ending()
    print_row("cards of one plan (`plan`)", 131072, Run([tool, "plan", "-", "--json"], line), stopped)


def main():
    tool, program = sys.argv[1:3]
    scale = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    print("| what | number | CPU time | a second | most memory | Ctrl-C |")
    print("| --- | --- | --- | --- | --- | --- |")
    stream(tool, scale)
    layouts(tool)
    planner(program, scale)
    ranking(tool, scale)


if __name__ == "__main__":
    main()
