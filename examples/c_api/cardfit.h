/* SPDX-License-Identifier: MIT */
#ifndef CARDFIT_C_API_H
#define CARDFIT_C_API_H

/** @file
 * The C interface of cardfit, for every language that can call C. It takes the text of a job file, or of a command of
 * the tool, and returns the text of the answer, both as the README describes them. The target cardfit_c builds
 * lib/libcardfit_c.so. Callers are in this folder: answer_jobs.c, cardfit.py (ctypes) and cardfit.js (koffi).
 *
 * No function throws, ends the process or keeps state between calls, so that several threads may call at the same time,
 * each with its own stream. A job file may name files (huggingface, gguf, safetensors), and a command has flags
 * for more of them and may ask the Hugging Face Hub for a model. Files are read, and written, with the rights of this
 * process: if untrusted users write the jobs, refuse such jobs first. */

#include <stddef.h>
#include <stdint.h>

/** @def CARDFIT_API
 * Makes a function visible outside the library. */
#if defined(_WIN32)
#    define CARDFIT_API __declspec(dllexport)
#else
#    define CARDFIT_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Returns the version, such as "0.1.0". Do not free it. */
CARDFIT_API const char* cardfit_version(void);

/** Returns the answer to a job as JSON in UTF-8, on one line: {"memory": …, "verdict": …, "time": …}. For a job that is
 * not accepted, which includes a null pointer and bytes that are not UTF-8, returns {"error": {"key", "value",
 * "accepted", "message"}, "problems": […]}. Free the text with cardfit_free. Returns null only if memory runs out. */
CARDFIT_API char* cardfit_answer(const char* job_json);

/** The same, for cards of your own: `cards_json` is a list of cards, as `cardfit cards --json` prints them and
 * `--cards-file` reads them, which a job may name like those of the table. Null stands for no cards. If the cards are
 * not accepted, the answer is their error. (A job may also state its card itself, as the object hardware.card.) */
CARDFIT_API char* cardfit_answer_with_cards(const char* job_json, const char* cards_json);

/** Returns the answers to a list of different jobs in one call: a JSON list of jobs in, a JSON list of as many answers
 * out, in the same order. A job that is not accepted has its error in the place of its answer, with its place in the
 * list (from 1) as the line. `cards_json` is as in cardfit_answer_with_cards, or null. A text that is no list, or cards
 * that are not accepted, have one error instead of the list. Free the text with cardfit_free. Returns null only if
 * memory runs out. For one job at many sizes, cardfit_answer_sizes is faster. */
CARDFIT_API char* cardfit_answer_jobs(const char* jobs_json, const char* cards_json);

/** Returns the answer to the settings of another tool, before it starts: the verdict first of all, the job that the
 * settings mean ("job"), and what was taken, assumed and left out ("command"). The request is JSON: {"settings": {…},
 * "deepspeed": {…}, "model", "card" or "machine", "cards", "tool", "version", "sequence_length"}, of which "settings"
 * and the card are needed. The settings are those of "tool", by default transformers' TrainingArguments. Errors are
 * those of cardfit_answer. Free the text with cardfit_free. Returns null only if memory runs out. */
CARDFIT_API char* cardfit_check(const char* request_json);

/** Returns what a command of the tool prints with `--json`, on one line. The request is JSON: {"command": "fit",
 * "model": "llama-3.1-8b", "card": ["rtx-4090", "l40s"], "lora": "all"}. Its keys are "command" (needed), "job" (the
 * job file that the command reads), "input" (what the command reads from standard input, where that is no job),
 * "arguments" (the words of the command line that are not flags, such as the names of cards), and flags by their names,
 * with _ or -: true for a flag without a value, a list for one that is given several times. The answer of a command
 * without `--json` is {"text": …}. Errors are those of cardfit_answer. The exit code of the command goes to
 * `exit_code`, if that is not null: 2 for an error. Free the text with cardfit_free. Returns null only if memory runs
 * out. */
CARDFIT_API char* cardfit_command(const char* request_json, int* exit_code);

/** Estimates one job at `count` sizes, for planners that try many: reads and lowers the job once. A size is a
 * micro-batch and a sequence length of a training, or a batch and a context (prompt and generated tokens) of an
 * inference. Each of the other arrays has room for `count` results or is null: the bytes that the job needs on the GPU
 * that needs the most, their lower and upper error bound, and the grade (0: fits, 1: tight, 2: does not fit). Returns
 * CARDFIT_OK, CARDFIT_MISUSE, CARDFIT_NO_MEMORY, or CARDFIT_BAD_LINES if the job or a size is not accepted. `*error` is
 * then an error as cardfit_answer returns it, with the place of the size (from 1) as its line; free it with
 * cardfit_free. The results of sizes before it are there. */
CARDFIT_API int cardfit_answer_sizes(const char* job_json, size_t count, const int64_t* batches, const int64_t* lengths,
                                     int64_t* device_bytes, int64_t* device_bytes_low, int64_t* device_bytes_high,
                                     signed char* grades, char** error);

/** Frees an answer. Null is allowed. */
CARDFIT_API void cardfit_free(char* text);

/** A stream of jobs, one per line (JSONL), written in pieces of any size. */
typedef struct cardfit_stream cardfit_stream;

/** A stream calls this function once per line, in order, with the number of the line (from 1) and its answer, which is
 * valid during the call only. The answer to a bad line is an error with the number of the line. Return 0 to continue,
 * anything else to stop.
 */
typedef int (*cardfit_line_callback)(const char* answer_json, size_t line, void* user);

/** The results of the functions of a stream. */
enum cardfit_status {
    CARDFIT_OK = 0,        /**< all lines so far were answered */
    CARDFIT_BAD_LINES = 3, /**< some lines so far were bad: the exit code of `cardfit estimate --jsonl` */
    CARDFIT_STOPPED = 4,   /**< the callback asked to stop; later lines are not read */
    CARDFIT_MISUSE = 5,    /**< a null pointer that is not allowed */
    CARDFIT_NO_MEMORY = 6, /**< memory ran out; later lines are not read */
    CARDFIT_BAD_CARDS = 7  /**< the cards that a stream was given are not accepted; it has those from before */
};

/** Returns a new stream, or null if memory runs out or `callback` is null. Every call of `callback` receives `user`. */
CARDFIT_API cardfit_stream* cardfit_stream_open(cardfit_line_callback callback, void* user);

/** The same, for a stream of requests as cardfit_command takes them. */
CARDFIT_API cardfit_stream* cardfit_command_stream_open(cardfit_line_callback callback, void* user);

/** Gives a stream of jobs your own cards, for all lines that are written later. Returns CARDFIT_BAD_CARDS if they are
 * not accepted; the callback then receives their error, with line 0. */
CARDFIT_API int cardfit_stream_cards(cardfit_stream* stream, const char* cards_json);

/** Answers every line that these bytes complete. Returns a cardfit_status. */
CARDFIT_API int cardfit_stream_write(cardfit_stream* stream, const char* bytes, size_t size);

/** Answers a last line that has no newline, and frees the stream. Returns a cardfit_status, which is CARDFIT_MISUSE for
 * null. Do not call this function from the callback. */
CARDFIT_API int cardfit_stream_close(cardfit_stream* stream);

#ifdef __cplusplus
}
#endif

#endif
