#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Call cardfit from Python with ctypes. Build the target cardfit_c first; no package is needed.

    import cardfit
    answer = cardfit.answer({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb"}, "inference": {"batch": 8}})
    print(answer["verdict"]["grade"])

    cardfit.command("fit", model="llama-3.1-8b", card=["rtx-4090", "l40s"], lora="all")   # what `cardfit fit --json` prints

The library is loaded from $CARDFIT_LIBRARY, or else from the folder of this file, from the prefix where both are
installed, or from where the system's loader finds it. As a program, this file answers a job
file, or the jobs on standard input, one per line, or with --commands the requests of commands:

    CARDFIT_LIBRARY=build/lib/libcardfit_c.so python3 examples/c_api/cardfit.py examples/jobs/llama-3.1-8b-on-8-h100.json
"""

import array
import ctypes
import json
import os
import sys

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p)
_NO_MEMORY = 6


def _library_path():
    """Returns the path of the library, or its name where only the system's loader may know it."""
    name = "libcardfit_c.so"
    given = os.environ.get("CARDFIT_LIBRARY")
    if given:
        return given
    folder = os.path.dirname(os.path.abspath(__file__))
    for place in (folder, os.path.join(folder, "..", "..", "lib"), os.path.join(folder, "..", "..", "lib64")):
        path = os.path.join(place, name)
        if os.path.exists(path):
            return path
    return name


def _load():
    library = ctypes.CDLL(_library_path())
    library.cardfit_version.restype = ctypes.c_char_p
    # The type is an address, because ctypes converts c_char_p to bytes and loses the address that must be freed.
    library.cardfit_answer.restype = ctypes.c_void_p
    library.cardfit_answer.argtypes = [ctypes.c_char_p]
    library.cardfit_answer_with_cards.restype = ctypes.c_void_p
    library.cardfit_answer_with_cards.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    library.cardfit_answer_jobs.restype = ctypes.c_void_p
    library.cardfit_answer_jobs.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    library.cardfit_check.restype = ctypes.c_void_p
    library.cardfit_check.argtypes = [ctypes.c_char_p]
    library.cardfit_command.restype = ctypes.c_void_p
    library.cardfit_command.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    library.cardfit_command_stream_open.restype = ctypes.c_void_p
    library.cardfit_command_stream_open.argtypes = [_CALLBACK, ctypes.c_void_p]
    library.cardfit_answer_sizes.argtypes = [ctypes.c_char_p, ctypes.c_size_t, *[ctypes.c_void_p] * 7]
    library.cardfit_free.argtypes = [ctypes.c_void_p]
    library.cardfit_stream_open.restype = ctypes.c_void_p
    library.cardfit_stream_open.argtypes = [_CALLBACK, ctypes.c_void_p]
    library.cardfit_stream_write.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.cardfit_stream_close.argtypes = [ctypes.c_void_p]
    return library


_library = _load()


class JobError(ValueError):
    """The error of a job that is not accepted. `problems` lists them all, each with key, value, accepted, message."""

    def __init__(self, document):
        self.problems = document["problems"]
        super().__init__("\n".join(p["message"] for p in self.problems))


def version():
    return _library.cardfit_version().decode()


def _text(job):
    if isinstance(job, bytes):
        # A text in C ends at a 0, so the part of the job after a 0 would not be read. The 0 is replaced by another byte
        # that JSON forbids, so that the job is refused.
        return job.replace(b"\0", b"\1")
    return _text((job if isinstance(job, str) else json.dumps(job)).encode("utf-8", "surrogateescape"))


def _taken(address, called):
    """Returns the text at an address that the library made, and frees it."""
    if not address:
        raise MemoryError(called)
    try:
        return ctypes.string_at(address).decode()
    finally:
        _library.cardfit_free(address)


def answer_text(job, cards=None):
    """Returns the answer to a job as JSON text. The job is a dict or the text of a job file. `cards` are your own cards,
    which the job may name: a list of dicts with the keys that `cardfit cards --json` prints, or its text. For a job or
    cards that are not accepted, the text is the document of the error."""
    own = None if cards is None else _text(cards)
    return _taken(_library.cardfit_answer_with_cards(_text(job), own), "cardfit_answer_with_cards")


def _accepted(text):
    document = json.loads(text)
    if "error" in document:
        raise JobError(document)
    return document


def answer(job, cards=None):
    """Returns the answer to a job as a dict. Raises JobError if the job or your own cards are not accepted."""
    return _accepted(answer_text(job, cards))


def answer_jobs_text(jobs, cards=None):
    """Returns the answers to different jobs as the text of a JSON list. The jobs are a list of dicts, or the text of a
    JSON list. A job that is not accepted has the document of its error in the place of its answer."""
    own = None if cards is None else _text(cards)
    return _taken(_library.cardfit_answer_jobs(_text(jobs), own), "cardfit_answer_jobs")


def answer_jobs(jobs, cards=None):
    """Answers different jobs in one call, which takes a planner less time than a call for each. Returns a list of
    dicts, of which that of a job that is not accepted is the document of its error, with the place of the job (from 1)
    as the problems' `line`. Raises JobError if the jobs are no list or your own cards are not accepted.

        answers = cardfit.answer_jobs([{**job, "hardware": {"card": card}} for card in ("h100-sxm5-80gb", "l40s")])
        [answer["verdict"]["grade"] for answer in answers if "error" not in answer]
    """
    return _accepted(answer_jobs_text(jobs, cards))


GRADES = ("fits", "tight", "does-not-fit")


def answer_sizes(job, batches, lengths):
    """Estimates one job at many sizes, in about a microsecond each. A size is a micro-batch and a sequence length of a
    training, or a batch and a context of an inference; `batches` and `lengths` are sequences of integers of one length,
    such as array.array("q") or an array of NumPy. Returns arrays of the bytes that the job needs and of their error
    bounds, and of the places of the grades in GRADES:

        sizes = cardfit.answer_sizes(job, [1, 2, 4], [8192] * 3)
        sizes["device_bytes"][0], cardfit.GRADES[sizes["grade"][0]]

    Raises JobError if the job or a size is not accepted; the problem's `line` is then the place of the size, from 1."""
    sizes = [array.array("q", each) for each in (batches, lengths)]
    if len(sizes[0]) != len(sizes[1]):
        raise ValueError("as many batches as lengths are needed")
    count = len(sizes[0])
    results = {name: array.array("q", bytes(8 * count)) for name in ("device_bytes", "device_bytes_low", "device_bytes_high")}
    results["grade"] = array.array("b", bytes(count))
    error = ctypes.c_void_p()
    addresses = [each.buffer_info()[0] for each in (*sizes, *results.values())]
    status = _library.cardfit_answer_sizes(_text(job), count, *addresses, ctypes.byref(error))
    if error.value:
        raise JobError(json.loads(_taken(error.value, "cardfit_answer_sizes")))
    if status != 0:
        raise MemoryError("cardfit_answer_sizes")
    return results


def check(training_arguments, deepspeed=None, **request):
    """Returns the answer to a training before it starts, as a dict: `verdict`, the `job` that the settings mean, and
    `command`, which lists what was taken, assumed and left out.

    `training_arguments` is transformers' TrainingArguments, a config of TRL (`tool="trl"`), anything else that has
    to_dict, or a dict of such settings; `deepspeed` is DeepSpeed's configuration as a dict, if the settings do not have
    it. The rest of the request: `card` or `machine` (needed), `model` (a name), `cards`, `tool`, `version` (of the tool,
    or a month), `sequence_length`. Raises JobError if the settings make no job.

        answer = cardfit.check(arguments, model="meta-llama/Llama-3.1-8B", card="h100-sxm5-80gb", cards=8)
    """
    settings = training_arguments.to_dict() if hasattr(training_arguments, "to_dict") else dict(training_arguments)
    # Of a setting that is no JSON, such as a path or an enumerator, the text counts.
    document = json.dumps({**request, "settings": settings, "deepspeed": deepspeed}, default=str)
    return _accepted(_taken(_library.cardfit_check(_text(document)), "cardfit_check"))


def command_text(request):
    """Returns what a command of the tool prints with --json, on one line. The request is a dict or its text; cardfit.h
    lists its keys. For a request that is not accepted, the text is the document of the error."""
    return _taken(_library.cardfit_command(_text(request), None), "cardfit_command")


def command(name, *arguments, **request):
    """Returns what a command of the tool prints with --json, as a dict or a list. The arguments are the words of the
    command line that are not flags, and the keywords are its flags (`cards=8` for --cards 8, `infer=True` for --infer),
    `job` (the job that the command reads, as a dict) and `input` (what else it reads from standard input). Raises
    JobError if they are not accepted.

        cardfit.command("compare", "a100-sxm4-80gb", "rtx-4090", job=job)["winner"]
    """
    words = {"arguments": list(arguments)} if arguments else {}
    return _accepted(command_text({**request, **words, "command": name}))


def command_lines(pieces):
    """The same as answer_lines, for a stream of requests as command_text takes them."""
    return _lines(_library.cardfit_command_stream_open, pieces)


def answer_lines(pieces):
    """Yields the text of the answer to each job of a stream with one job per line, as soon as it is available. `pieces`
    yields bytes of any length, as an open binary file does. The answer to a bad line is its error, with the number of
    the line."""
    return _lines(_library.cardfit_stream_open, pieces)


def _lines(open_stream, pieces):
    ready = []

    def keep(text, _line, _user):
        ready.append(text.decode())
        return 0

    callback = _CALLBACK(keep)  # this reference must exist as long as the stream may call it
    stream = open_stream(callback, None)
    if not stream:
        raise MemoryError("cardfit_stream_open")
    try:
        for piece in pieces:
            if _library.cardfit_stream_write(stream, piece, len(piece)) == _NO_MEMORY:
                raise MemoryError("cardfit_stream_write")
            yield from ready
            ready.clear()
    finally:
        status = _library.cardfit_stream_close(stream)
    if status == _NO_MEMORY:
        raise MemoryError("cardfit_stream_close")
    yield from ready


def main(arguments):
    of_commands = arguments == ["--commands"]
    if arguments and not of_commands:
        with open(arguments[0], "rb") as file:
            print(answer_text(file.read()))
        return
    for line in (command_lines if of_commands else answer_lines)(sys.stdin.buffer):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
