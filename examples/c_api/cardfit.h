/* SPDX-License-Identifier: MIT */
#ifndef CARDFIT_C_API_H
#define CARDFIT_C_API_H

/* cardfit for every language that can call C: the text of a job file in, the text of its answer out, both as the
 * README describes them. Build the target cardfit_c: it gives lib/libcardfit_c.so. Beside this header are callers:
 * answer_jobs.c, cardfit.py (ctypes) and cardfit.js (koffi).
 *
 * No function throws, ends the process or keeps state between calls: threads may call at the same time, each with a
 * stream of its own. A job file may name files (huggingface, gguf, safetensors), which are then read with the rights of
 * this process: refuse such jobs before they come here if strangers write them. */

#include <stddef.h>

#if defined(_WIN32)
#    define CARDFIT_API __declspec(dllexport)
#else
#    define CARDFIT_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0". Not to be freed. */
CARDFIT_API const char* cardfit_version(void);

/* The answer to a job as JSON in UTF-8, on one line: {"memory": …, "verdict": …, "time": …}, or, for a job that is not
 * accepted, {"error": {"key", "value", "accepted", "message"}, "problems": […]}. A null pointer and bytes that are no
 * UTF-8 are such jobs. Free it with cardfit_free. Null only where memory has run out. */
CARDFIT_API char* cardfit_answer(const char* job_json);

/* Frees an answer; null is fine. */
CARDFIT_API void cardfit_free(char* text);

/* A stream of jobs, one a line (JSONL), given in pieces of any size, cut anywhere. */
typedef struct cardfit_stream cardfit_stream;

/* Called once a line, in order, with the line's number from 1 and its answer, which is gone after the call. An answer
 * to a bad line is an error that has the line's number. Return 0 to go on, anything else to stop the stream. */
typedef int (*cardfit_line_callback)(const char* answer_json, size_t line, void* user);

/* What a stream's functions return. */
enum cardfit_status {
    CARDFIT_OK = 0,        /* all lines so far were answered */
    CARDFIT_BAD_LINES = 3, /* some lines so far were bad: the exit code of `cardfit estimate --jsonl` */
    CARDFIT_STOPPED = 4,   /* the callback asked to stop; what comes after is not read */
    CARDFIT_MISUSE = 5,    /* a null pointer where there must be none */
    CARDFIT_NO_MEMORY = 6  /* memory has run out; what comes after is not read */
};

/* Null where memory has run out or `callback` is null. `user` is handed to every call of `callback`. */
CARDFIT_API cardfit_stream* cardfit_stream_open(cardfit_line_callback callback, void* user);

/* Answers every line that these bytes complete. */
CARDFIT_API int cardfit_stream_write(cardfit_stream* stream, const char* bytes, size_t size);

/* Answers a last line without its newline, and frees the stream. Null is CARDFIT_MISUSE. Not to be called from within
 * the callback. */
CARDFIT_API int cardfit_stream_close(cardfit_stream* stream);

#ifdef __cplusplus
}
#endif

#endif
