#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Checks that a caller of the C interface answers a job file and a stream as the command line does, for valid and
# invalid lines.
# usage: c_api.sh TOOL SOURCE WORK CALLER...
set -eu
tool=$1 source=$2 work=$3
shift 3
rm -rf "$work" && mkdir -p "$work"
job=$source/examples/jobs/llama-3.1-8b-on-8-h100.json

tr -d '\n' <"$job" >"$work/jobs.jsonl"
# These lines are: not accepted, empty, not UTF-8, and with a 0 byte inside. The last line of the stream has no newline.
printf '\n{"model": "gpt9", "hardware": {"card": "rtx-4090"}, "training": {}}\n\n\xff\xfe{\n{"model": "gp\0t2"}\n' >>"$work/jobs.jsonl"
# The stream is longer than a pipe's buffer, so that it arrives in pieces.
for batch in $(seq 1 1000); do
    echo '{"model": "gpt2", "hardware": {"card": "l4"}, "training": {"micro_batch": '"$batch"', "sequence_length": 1024}}'
done >>"$work/jobs.jsonl"
printf '{"model": "llama-3.1-8b", "hardware": {"card": "l40s"}, "inference": {"framework": "vllm"}}' >>"$work/jobs.jsonl"

"$tool" estimate --jsonl <"$work/jobs.jsonl" >"$work/tool.jsonl" || [ $? = 3 ]
"$@" <"$work/jobs.jsonl" >"$work/caller.jsonl" || [ $? = 3 ]
cmp "$work/tool.jsonl" "$work/caller.jsonl"

head -n 1 "$work/tool.jsonl" >"$work/tool.json"
"$@" "$job" >"$work/caller.json"
cmp "$work/tool.json" "$work/caller.json"
echo "$(wc -l <"$work/caller.jsonl") answers, the same as the command line's"
