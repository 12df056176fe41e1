#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the table of examples/guide/speed.md: what each question costs, in CPU time, the least of several runs.
usage: speed.py ESTIMATE_BENCHMARK JOBS_BENCHMARK [--rounds N] [--megatron-lm FOLDER] [--eleutherai FOLDER] [--calculon FOLDER]

A folder is a checkout of another estimator (NVIDIA/Megatron-LM, EleutherAI/cookbook, calculon-ai/calculon). It is asked
the same job in the same rounds, and a second table has the ratios. Calculon needs NumPy, pandas and psutil."""

import argparse
import contextlib
import datetime
import importlib.util
import io
import json
import logging
import os
import platform
import subprocess
import sys
import time
import types


def benchmarks(program, name_filter, seconds):
    """Returns the results of a benchmark program by their names."""
    command = [program, "--benchmark_format=json", f"--benchmark_filter={name_filter}", f"--benchmark_min_time={seconds}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return {each["name"]: each for each in json.loads(ran.stdout)["benchmarks"]}


def nanoseconds(result):
    return result["cpu_time"] * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[result["time_unit"]]


def time_text(ns):
    for unit, factor in (("ms", 1e6), ("µs", 1e3)):
        if ns >= factor:
            return f"{ns / factor:.3g} {unit}"
    return f"{ns:.3g} ns"


def least_of(programs, name_filter, rounds, seconds):
    """Returns the results with the least time of each benchmark, from rounds in which all programs run."""
    least = {}
    for _ in range(rounds):
        for program in programs:
            for name, result in benchmarks(program, name_filter, seconds).items():
                if name not in least or nanoseconds(result) < nanoseconds(least[name]):
                    least[name] = result
    return least


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


EIGHT = "peers: 8B, tensor 2 x data 4: memory"
TRILLION = "peers: 1T, tensor 4 x pipeline 64 x data 12: memory"
TRILLION_TIME = TRILLION + " and time"


def megatron_lm(folder):
    """Yields the jobs of Megatron-LM's theoretical memory, a closed formula."""
    package = types.ModuleType("megatron_alone")
    package.__path__ = []
    utils = types.ModuleType("megatron_alone.utils")
    utils.is_hybrid_model = lambda _arguments: False
    utils.print_rank_0 = lambda *_words: None
    sys.modules.update({"megatron_alone": package, "megatron_alone.utils": utils})
    path = os.path.join(folder, "megatron/training/theoretical_memory_usage.py")
    module = load("megatron_alone.theoretical_memory_usage", path)
    common = {
        "multi_latent_attention": False, "num_experts": None, "moe_shared_expert_intermediate_size": None,
        "mtp_num_layers": None, "moe_latent_size": None, "use_distributed_optimizer": True, "sequence_parallel": True,
        "recompute_granularity": "selective", "virtual_pipeline_model_parallel_size": None,
        "untie_embeddings_and_output_weights": True, "moe_ffn_hidden_size": None, "moe_layer_freq": 1, "q_lora_rank": None,
        "expert_tensor_parallel_size": 1, "expert_model_parallel_size": 1, "add_bias_linear": False,
    }
    eight = types.SimpleNamespace(
        **common, world_size=8, normalization="RMSNorm", swiglu=True, kv_channels=128, num_attention_heads=32,
        hidden_size=4096, group_query_attention=True, num_query_groups=8, num_layers=32, ffn_hidden_size=14336,
        padded_vocab_size=128256, tensor_model_parallel_size=2, pipeline_model_parallel_size=1, data_parallel_size=4,
        seq_length=4096, micro_batch_size=1)
    trillion = types.SimpleNamespace(
        **common, world_size=3072, normalization="LayerNorm", swiglu=False, kv_channels=160, num_attention_heads=160,
        hidden_size=25600, group_query_attention=False, num_query_groups=160, num_layers=128, ffn_hidden_size=102400,
        padded_vocab_size=51200, tensor_model_parallel_size=4, pipeline_model_parallel_size=64, data_parallel_size=12,
        seq_length=2048, micro_batch_size=4)
    yield EIGHT, lambda: module.report_theoretical_memory(eight, num_microbatches=8), 2000
    yield TRILLION, lambda: module.report_theoretical_memory(trillion, num_microbatches=64), 2000


def eleutherai(folder):
    """Yields the jobs of EleutherAI's calculator of memory."""
    module = load("calc_transformer_mem", os.path.join(folder, "calc/calc_transformer_mem.py"))
    words = {
        EIGHT: "--num-layers=32 --sequence-length=4096 --num-attention-heads=32 --hidden-size=4096 "
               "--ffn-expansion-factor=3.5 --num-mlp-linears=3 --vocab-size=128256 --num-gpus=8 -tp=2 -kv=0.25",
        TRILLION: "--num-layers=128 --sequence-length=2048 --num-attention-heads=160 --hidden-size=25600 "
                  "--vocab-size=51200 --num-gpus=3072 -tp=4 -pp=64 -b=4",
    }
    for job, each in words.items():
        arguments = module.config_parser().parse_args(each.split())
        yield job, lambda arguments=arguments: module.calc_mem(arguments), 1000


def calculon(folder):
    """Yields the job of Calculon's own example, memory and time."""
    logging.disable(logging.CRITICAL)  # its debug log would take most of its time
    sys.path.insert(0, folder)
    import calculon as package
    from calculon import System
    from calculon.llm import Llm

    def read(path):
        return package.io.read_json_file(os.path.join(folder, path))

    system = System(read("systems/a100_80g.json"))
    execution = Llm.Execution.from_json(read("examples/3072_t4_p64_d12_mbs4_full.json"))
    model = Llm.Application(read("models/megatron-1T.json"))

    def ask():
        one = Llm(model, logging.Logger("quiet"))
        one.compile(system, execution)
        one.run(system)
        return one.get_stats_json(False)

    yield TRILLION_TIME, ask, 30


PEERS = {"Megatron-LM's theoretical memory": megatron_lm, "EleutherAI's calculator": eleutherai, "Calculon": calculon}


def cpu_nanoseconds(ask, times):
    with contextlib.redirect_stdout(io.StringIO()):
        began = time.process_time()
        for _ in range(times):
            ask()
        return (time.process_time() - began) / times * 1e9


def print_peers(program, folders, rounds):
    """Prints how many times as long as cardfit the other estimators take for their answers, which are not the same."""
    asked = [(job, name, ask, times) for name, folder in folders.items() for job, ask, times in PEERS[name](folder)]
    own, theirs = {}, {}
    for _ in range(rounds):
        for name, result in benchmarks(program, "^peers: ", 0.2).items():
            own[name] = min(nanoseconds(result), own.get(name, float("inf")))
        for job, name, ask, times in asked:
            theirs[job, name] = min(cpu_nanoseconds(ask, times), theirs.get((job, name), float("inf")))
    print("\n| job | estimator | it takes | cardfit | ratio |\n| --- | --- | --- | --- | --- |")
    for (job, name), took in theirs.items():
        print(f"| {job.removeprefix('peers: ')} | {name} | {time_text(took)} | {time_text(own[job])} | {took / own[job]:.0f} |")


def processor():
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="+", help="the benchmark programs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megatron-lm", dest="Megatron-LM's theoretical memory", metavar="FOLDER")
    parser.add_argument("--eleutherai", dest="EleutherAI's calculator", metavar="FOLDER")
    parser.add_argument("--calculon", dest="Calculon", metavar="FOLDER")
    given = vars(parser.parse_args())
    least = least_of(given["programs"], "-^peers: ", given["rounds"], 0.1)
    print(f"{datetime.date.today():%-d %B %Y}, {processor()}, one thread:\n")
    print("| question | CPU time | |\n| --- | --- | --- |")
    for name, result in least.items():
        rates = [f"{result[rate]:,.0f} {rate}" for rate in ("layouts/s", "jobs/s") if rate in result]
        print(f"| {name} | {time_text(nanoseconds(result))} | {''.join(rates)} |")
    folders = {name: given[name] for name in PEERS if given[name]}
    if folders:
        print_peers(given["programs"][0], folders, given["rounds"])


if __name__ == "__main__":
    main()
