/* SPDX-License-Identifier: MIT */

/* Calls cardfit from C. With the path of a job file, this program prints its answer. Without a path, it answers the
 * jobs on standard input, one per line, as soon as each line is read. With --commands, each line is a request of a
 * command, as cardfit_command takes it.
 *
 *     build/bin/cardfit_answer_jobs examples/jobs/llama-3.1-8b-on-8-h100.json
 *     build/bin/cardfit_answer_jobs < jobs.jsonl
 *     echo '{"command": "fit", "model": "gpt2", "card": "l4"}' | build/bin/cardfit_answer_jobs --commands
 */

#include "cardfit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the whole content of a file, terminated by a 0, or null if it cannot be read. Free the text with free. */
static char* text_of(const char* path) {
    FILE* file = fopen(path, "rb");
    char* text = NULL;
    size_t size = 0, room = 0, got = 1;
    while (file && got > 0) {
        if (size + 1 >= room) {
            char* larger = realloc(text, room = 2 * room + 4096);
            if (!larger) break;
            text = larger;
        }
        got = fread(text + size, 1, room - size - 1, file);
        text[size += got] = '\0';
    }
    if (file) fclose(file);
    return text;
}

static int print_answer(const char* path) {
    char* job = text_of(path);
    char* answer = job ? cardfit_answer(job) : NULL;
    if (answer) puts(answer);
    if (!answer) fprintf(stderr, "%s: cannot be read\n", path);
    const int code = answer ? 0 : 2;
    cardfit_free(answer);
    free(job);
    return code;
}

static int print_line(const char* answer, size_t line, void* output) {
    (void)line;
    return fprintf(output, "%s\n", answer) < 0 || fflush(output) != 0;
}

static int print_answers(int of_commands) {
    cardfit_stream* stream =
        of_commands ? cardfit_command_stream_open(print_line, stdout) : cardfit_stream_open(print_line, stdout);
    char piece[4096];
    size_t size;
    while ((size = fread(piece, 1, sizeof piece, stdin)) > 0)
        if (cardfit_stream_write(stream, piece, size) >= CARDFIT_STOPPED) break;
    return cardfit_stream_close(stream);
}

int main(int argc, char** argv) {
    const int of_commands = argc > 1 && strcmp(argv[1], "--commands") == 0;
    return argc > 1 && !of_commands ? print_answer(argv[1]) : print_answers(of_commands);
}
