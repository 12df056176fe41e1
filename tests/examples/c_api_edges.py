# SPDX-License-Identifier: MIT
"""The Python module: answers as dicts, errors as exceptions, streams cut anywhere and left early.
usage: c_api_edges.py FOLDER-OF-cardfit.py"""

import json
import sys
import threading

sys.path.insert(0, sys.argv[1])
import cardfit  # noqa: E402

JOB = {"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {"sequence_length": 1024}}

assert cardfit.version().count(".") == 2
assert cardfit.answer(JOB)["verdict"]["grade"] == "fits"
assert cardfit.answer(json.dumps(JOB)) == cardfit.answer(json.dumps(JOB).encode()) == cardfit.answer(JOB)

for bad in ({**JOB, "model": "gpt9"}, "", b"\xff", "\udcff", "{}\0", {**JOB, "model": "gp\0t2"}):
    try:
        cardfit.answer(bad)
        raise SystemExit(f"accepted: {bad!r}")
    except cardfit.JobError as error:
        assert error.problems and all(p["message"] for p in error.problems)

text = (json.dumps(JOB) + "\n").encode() * 3
whole = list(cardfit.answer_lines([text]))
assert len(whole) == 3
assert list(cardfit.answer_lines(text[i : i + 5] for i in range(0, len(text), 5))) == whole
assert list(cardfit.answer_lines([])) == []
early = cardfit.answer_lines([text, text])
assert next(early) == whole[0]
early.close()

# Threads at the same time, as a web service has them.
results = []
threads = [threading.Thread(target=lambda: results.append(cardfit.answer(JOB))) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert results == [cardfit.answer(JOB)] * 8
