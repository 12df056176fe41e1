#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs what `cardfit launch` prints, and asks `cardfit check` of the words that the programs then get.

    CARDFIT=cardfit launch_check.py SCRATCH [SEED]

For generated jobs of every launcher but Unsloth's, whose script import reads by the rules of transformers' Trainer, the
printed script runs in a shell whose PATH has stand-ins for torchrun, vllm and the other programs. A stand-in hands its
words and its variables to `cardfit check`, whose verdict must be that of the job.
CARDFIT_ROUND_TRIPS is the number of jobs of each launcher.
"""

import json
import os
import pathlib
import random
import shlex
import subprocess
import sys

TOOL = os.environ.get("CARDFIT", "cardfit")
EACH = int(os.environ.get("CARDFIT_ROUND_TRIPS", "4"))
PROGRAMS = ["torchrun", "deepspeed", "accelerate", "llamafactory-cli", "vllm", "llama-server", "ollama", "python",
            "python3", "trtllm-serve", "lmdeploy", "text-generation-launcher"]
# What no command states is in files: the format of a checkpoint, what adapters have. Notes say so.
IN_FILES = ["the model's name must", "the adapters' files", "trl makes training.precision"]
ENGINES = {"vllm": "vllm", "llama.cpp": "llama.cpp", "ollama": "llama.cpp", "sglang": "sglang",
           "tensorrt-llm": "tensorrt-llm", "lmdeploy": "lmdeploy", "tgi": "tgi"}
FRAMEWORKS = {"torchtitan": "torchtitan", "deepspeed": "deepspeed", "megatron": "megatron", "accelerate": "transformers",
              "trl": "transformers", "axolotl": "axolotl", "llama-factory": "llama-factory"}
STAND_IN = """#!/bin/sh
{ printf '%s\\0' "${0##*/}" "$@"; } > "$CARDFIT_WORDS"
env > "$CARDFIT_VARIABLES"
"""


def run(words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **more)


def served(draw, launcher):
    length = draw.choice([1024, 2048, 4096])
    job = {"framework": ENGINES[launcher], "batch": 1, "prompt": length - 1, "generate": 1, "weights": "bf16",
           "software_date": "2026-05"}
    if ENGINES[launcher] == "llama.cpp":
        job.update({"weights": draw.choice(["q4_k_m", "q8_0"]), "kv_cache": "fp16", "attention": "flash",
                    "batch": draw.choice([1, 2, 4])})
    else:
        job["memory_utilization"] = draw.choice([0.5, 0.85, 0.95])
        if draw.random() < 0.5 and launcher != "tgi":
            job["max_sequences"] = draw.choice([16, 256])
    cards = draw.choice([1, 2, 4, 8])
    layout = {"pipeline": cards} if ENGINES[launcher] == "llama.cpp" else {"tensor": cards}
    return {"model": draw.choice(["llama-3.1-8b", "qwen3-8b", "llama-3.1-70b"]),
            "hardware": {"card": draw.choice(["h100-sxm5-80gb", "rtx-4090"]), "cards": cards},
            "inference": job, "layout": layout}


def trained(draw, launcher):
    job = {"framework": FRAMEWORKS[launcher], "precision": "bf16-mixed", "micro_batch": draw.choice([1, 2, 8]),
           "sequence_length": draw.choice([512, 2048, 8192]), "software_date": "2026-05",
           "recompute": draw.choice(["none", "full"])}
    if draw.random() < 0.5:
        job["gradient_accumulation"] = draw.choice([2, 4])
    if draw.random() < 0.5 and launcher not in ("torchtitan", "megatron"):
        job["adapter"] = {"rank": draw.choice([8, 64]), "targets": draw.choice([["q", "v"], ["q", "k", "v", "o"]])}
    cards = draw.choice([1, 2, 8, 16])
    # torchtitan's main branch is configured in Python.
    if launcher == "torchtitan":
        job["software_date"] = draw.choice(["2026-05", "2026-10"])
    job["loss"] = draw.choice(["full", "full", "fused", "chunked"])
    layout = {} if cards == 1 else {"sharding": draw.choice(["none", "optimizer", "gradients", "full"])}
    if launcher == "accelerate" and layout.get("sharding") in ("optimizer", "gradients"):
        job["framework"] = "deepspeed"
    return {"model": draw.choice(["llama-3.1-8b", "qwen3-8b", "mistral-7b"]),
            "hardware": {"card": draw.choice(["h100-sxm5-80gb", "a100-sxm4-80gb"]), "cards": cards},
            "training": job, "layout": layout}


def words_of(script, folder):
    """Runs a script with stand-ins, and returns its program's words with the variables that the script sets before."""
    words, variables = folder / "words", folder / "variables"
    for each in (words, variables):
        each.unlink(missing_ok=True)
    usual = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder), "CARDFIT_WORDS": str(words),
             "CARDFIT_VARIABLES": str(variables), "MASTER_ADDR": "10.0.0.1", "NODE_RANK": "0"}
    done = run(["sh", "launch.sh"], cwd=folder, env=usual)
    assert done.returncode == 0 and words.exists(), f"the script does not run: {done.stderr}\n{script}"
    stated = [line for line in variables.read_text().splitlines()
              if "=" in line and line.split("=")[0] not in (*usual, "PWD", "OLDPWD", "SHLVL", "_")]
    program = words.read_text().split("\0")[:-1]
    # The server's model is the one of the Modelfile, which a command beside it names.
    if program == ["ollama", "serve"]:
        program = ["ollama", "create", "cardfit", "-f", "Modelfile"]
    return stated + program


def check(job, launcher, folder):
    """Launches a job and checks its command. Returns false for a job that the launcher refuses, or says in part."""
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    launched = run([TOOL, "launch", str(path), "--for", launcher, "--force"])
    if launched.returncode != 0 or any(each in launched.stdout for each in IN_FILES):
        return False
    (folder / "launch.sh").write_text(launched.stdout)
    words = words_of(launched.stdout, folder)
    section = job.get("training") or job["inference"]
    card = [f"--card={job['hardware']['card']}", f"--cards={job['hardware']['cards']}"]
    dated = [f"--tool-version={section['software_date']}", "--offline", "--json"]
    checked = run([TOOL, "check", *card, *dated, "--", *words], cwd=folder)
    stated = json.loads(run([TOOL, "launch", str(path), "--for", launcher, "--force", "--json"]).stdout)
    expected = stated["verdict"]["grade"]
    try:
        answer = json.loads(checked.stdout)
        found = answer.get("verdict", answer.get("answer", {}).get("verdict", {})).get("grade", checked.stdout)
    except json.JSONDecodeError:
        found = checked.stderr
    assert found == expected, f"{launcher}: {found}, not {expected}\n{json.dumps(job)}\n{shlex.join(words)}"
    return True


def main():
    folder = pathlib.Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261126
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for program in PROGRAMS:
        (folder / "bin" / program).write_text(STAND_IN)
        (folder / "bin" / program).chmod(0o755)
    draw = random.Random(seed)
    for launcher in [*ENGINES, *FRAMEWORKS]:
        done = 0
        for _ in range(60 * EACH):
            job = served(draw, launcher) if launcher in ENGINES else trained(draw, launcher)
            done += check(job, launcher, folder)
            if done == EACH:
                break
        assert done == EACH, f"{launcher}: only {done} jobs are launched"
        print(f"{launcher}: {done} jobs")


if __name__ == "__main__":
    main()
