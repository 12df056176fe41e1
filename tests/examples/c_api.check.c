/* SPDX-License-Identifier: MIT */

/* The C interface where a caller gets it wrong: nothing throws, ends the process or leaks. */

#include "cardfit.h"

#include <stdio.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                                \
    do {                                                                                \
        if (!(condition)) {                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition), ++failures; \
        }                                                                               \
    } while (0)

static const char good[] =
    "{\"model\": \"gpt2\", \"hardware\": {\"card\": \"rtx-4090\"}, \"training\": {\"sequence_length\": 1024}}";

/* Whether the answer to a job starts so. */
static int answers(const char* job, const char* start) {
    char* answer = cardfit_answer(job);
    const int yes = answer && strncmp(answer, start, strlen(start)) == 0 && !strchr(answer, '\n');
    if (!yes) fprintf(stderr, "%s\n", answer ? answer : "null");
    cardfit_free(answer);
    return yes;
}

static void one_job(void) {
    CHECK(answers(good, "{\"memory\":{\"allocated_bytes\":"));
    CHECK(answers(NULL, "{\"error\":{\"key\":\"job\",\"value\":null"));
    CHECK(answers("", "{\"error\":{\"key\":\"job\""));
    CHECK(answers("\xff\xfe\x80", "{\"error\":{\"key\":\"job\""));
    CHECK(answers("{\"model\": \"\xc3\x28\"}", "{\"error\":{\"key\":\"job\""));
    CHECK(answers("{\"model\": {\"huggingface\": \"/no\\u0000where\"}, \"hardware\": 1}", "{\"error\":"));
    CHECK(answers("[[[[", "{\"error\":"));
    CHECK(answers("null", "{\"error\":{\"key\":\"job\""));
    char deep[100001];
    memset(deep, '[', sizeof deep - 1), deep[sizeof deep - 1] = '\0';
    CHECK(answers(deep, "{\"error\":"));
    cardfit_free(NULL);
    CHECK(strlen(cardfit_version()) >= 5);
}

/* Whether the answer to a request starts so and has this exit code. */
static int commands(const char* request, const char* start, int code) {
    int given = -1;
    char* answer = cardfit_command(request, &given);
    const int yes = answer && strncmp(answer, start, strlen(start)) == 0 && !strchr(answer, '\n') && given == code;
    if (!yes) fprintf(stderr, "%d %s\n", given, answer ? answer : "null");
    cardfit_free(answer);
    return yes;
}

/* Every flag of a command line is a key of a request, and a request that is not accepted says why. */
static void one_command(void) {
    CHECK(commands("{\"command\": \"cards\", \"arguments\": [\"rtx-4090\"]}", "[{\"id\":\"rtx-4090\"", 0));
    CHECK(commands("{\"command\": \"models\", \"arguments\": [\"gpt2\"]}", "[{\"id\":\"gpt2\"", 0));
    CHECK(commands(
        "{\"command\": \"fit\", \"model\": \"gpt2\", \"card\": [\"l4\", \"t4\"], \"micro_batch\": 2, \"seq\": 512,"
        "\"infer\": false}",
        "[{\"card\":\"l4\"", 0));
    CHECK(commands("{\"command\": \"fit\", \"model\": \"llama-3.1-70b\", \"card\": \"t4\"}", "{\"card\":\"t4\"", 1));
    CHECK(commands("{\"command\": \"reference\", \"man\": true}", "{\"text\":\"", 0));
    CHECK(commands("{\"command\": \"fit\", \"model\": \"gpt2\", \"card\": \"l5000\"}",
                   "{\"error\":{\"key\":\"hardware.card\"", 2));
    CHECK(commands("{\"command\": \"fit\", \"card\": \"l4\"}", "{\"error\":{\"key\":\"", 2));
    CHECK(commands("{\"command\": \"fit\", \"no-such-flag\": 1}", "{\"error\":{\"key\":\"command line\"", 2));
    CHECK(commands("{\"command\": \"fit\", \"a=b\": 1}", "{\"error\":{\"key\":\"a=b\"", 2));
    CHECK(commands("{\"command\": \"cards\", \"arguments\": [\"--man\"]}", "{\"error\":{\"key\":\"arguments\"", 2));
    CHECK(commands("{\"command\": \"calibrate\"}", "{\"error\":{\"key\":\"request\"", 2));
    CHECK(commands("{\"command\": \"fti\"}", "{\"error\":{\"key\":\"command\",\"value\":\"fti\"", 2));
    CHECK(commands("{}", "{\"error\":{\"key\":\"command\",\"value\":null", 2));
    CHECK(commands("[]", "{\"error\":{\"key\":\"command\"", 2));
    CHECK(commands("", "{\"error\":{\"key\":\"request\"", 2));
    CHECK(commands(NULL, "{\"error\":{\"key\":\"request\"", 2));
    char* answer = cardfit_command("{\"command\": \"batch\"}", NULL);
    CHECK(answer && strstr(answer, "{\"error\":") == answer);
    cardfit_free(answer);
}

static const char mine[] = "[{\"id\": \"mine\", \"like\": \"rtx-4090\", \"memory_gb\": 48}]";
static const char on_mine[] =
    "{\"model\": \"gpt2\", \"hardware\": {\"card\": \"mine\"}, \"training\": {\"sequence_length\": 1024}}";

static void own_cards(void) {
    char* answer = cardfit_answer_with_cards(on_mine, mine);
    CHECK(answer && strstr(answer, "\"card_file\":\"Cards file of the caller\""));
    cardfit_free(answer);
    CHECK(answers(on_mine, "{\"error\":{\"key\":\"hardware.card\""));
    answer = cardfit_answer_with_cards(on_mine, "[{\"id\": \"mine\"}]");
    CHECK(answer && strstr(answer, "{\"error\":{\"key\":\"mine.vendor\"") == answer);
    cardfit_free(answer);
    answer = cardfit_answer_with_cards(on_mine, "[");
    CHECK(answer && strstr(answer, "{\"error\":{\"key\":\"cards\"") == answer);
    cardfit_free(answer);
}

struct seen {
    size_t lines, good, last, stop_at;
};

static int note(const char* answer, size_t line, void* user) {
    struct seen* s = user;
    ++s->lines, s->last = line;
    s->good += strncmp(answer, "{\"memory\":", 10) == 0;
    return line == s->stop_at;
}

/* Three lines, the second bad, the third without its end, in pieces of `size` bytes. */
static void in_pieces(size_t size) {
    char text[1000];
    const int length = snprintf(text, sizeof text, "%s\n\xff\n%s", good, good);
    struct seen s = {0, 0, 0, 0};
    cardfit_stream* stream = cardfit_stream_open(note, &s);
    for (size_t at = 0; at < (size_t)length; at += size) {
        const size_t left = (size_t)length - at;
        CHECK(cardfit_stream_write(stream, text + at, left < size ? left : size) != CARDFIT_MISUSE);
    }
    CHECK(s.lines == 2);
    CHECK(cardfit_stream_close(stream) == CARDFIT_BAD_LINES);
    CHECK(s.lines == 3 && s.good == 2 && s.last == 3);
}

static void own_cards_of_a_stream(void) {
    struct seen s = {0, 0, 0, 0};
    cardfit_stream* stream = cardfit_stream_open(note, &s);
    CHECK(cardfit_stream_cards(stream, NULL) == CARDFIT_MISUSE && cardfit_stream_cards(NULL, mine) == CARDFIT_MISUSE);
    s.stop_at = 9;
    CHECK(cardfit_stream_cards(stream, "[]") == CARDFIT_BAD_CARDS && s.lines == 1 && s.last == 0);
    CHECK(cardfit_stream_cards(stream, mine) == CARDFIT_OK);
    CHECK(cardfit_stream_write(stream, on_mine, sizeof on_mine - 1) == CARDFIT_OK);
    CHECK(cardfit_stream_close(stream) == CARDFIT_OK);
    CHECK(s.lines == 2 && s.good == 1);
}

/* A stream of requests: one that is answered, and two that are not accepted. */
static void commands_of_a_stream(void) {
    static const char text[] =
        "{\"command\": \"estimate\", \"job\": {\"model\": \"gpt2\", \"hardware\": {\"card\": \"rtx-4090\"}, "
        "\"training\":"
        " {\"sequence_length\": 1024}}}\n{\"command\": 1}\n{\"command\": \"estimate\", \"job\": 7}\n";
    struct seen s = {0, 0, 0, 0};
    CHECK(!cardfit_command_stream_open(NULL, &s));
    cardfit_stream* stream = cardfit_command_stream_open(note, &s);
    CHECK(cardfit_stream_cards(stream, mine) == CARDFIT_MISUSE);
    CHECK(cardfit_stream_write(stream, text, sizeof text - 1) == CARDFIT_BAD_LINES);
    CHECK(cardfit_stream_close(stream) == CARDFIT_BAD_LINES);
    CHECK(s.lines == 3 && s.good == 1 && s.last == 3);
}

static void misuse(void) {
    struct seen s = {0, 0, 0, 2};
    CHECK(!cardfit_stream_open(NULL, &s));
    CHECK(cardfit_stream_write(NULL, good, 1) == CARDFIT_MISUSE);
    CHECK(cardfit_stream_close(NULL) == CARDFIT_MISUSE);
    cardfit_stream* stream = cardfit_stream_open(note, &s);
    CHECK(cardfit_stream_write(stream, NULL, 1) == CARDFIT_MISUSE);
    CHECK(cardfit_stream_write(stream, NULL, 0) == CARDFIT_OK);
    CHECK(cardfit_stream_write(stream, "\n\n\n\nx", 5) == CARDFIT_STOPPED);
    CHECK(cardfit_stream_write(stream, good, sizeof good - 1) == CARDFIT_STOPPED);
    CHECK(s.lines == 2);
    CHECK(cardfit_stream_close(stream) == CARDFIT_STOPPED);
    CHECK(s.lines == 2);
    CHECK(cardfit_stream_close(cardfit_stream_open(note, &s)) == CARDFIT_OK);
}

/* One job at many sizes: results that are not asked for are not written, and a bad size is an error with its place. */
static void sizes(void) {
    const int64_t batches[] = {1, 2, 0};
    const int64_t lengths[] = {1024, 512, 512};
    int64_t bytes[] = {-1, -1, -1};
    signed char grades[] = {-1, -1, -1};
    char* error = NULL;
    CHECK(cardfit_answer_sizes(good, 2, batches, lengths, bytes, NULL, NULL, grades, &error) == CARDFIT_OK && !error);
    CHECK(bytes[0] > 0 && bytes[1] > 0 && bytes[2] == -1 && grades[0] == 0 && grades[2] == -1);
    CHECK(cardfit_answer_sizes(good, 3, batches, lengths, NULL, NULL, NULL, NULL, &error) == CARDFIT_BAD_LINES);
    CHECK(error && strstr(error, "\"line\":3") != NULL);
    cardfit_free(error);
    CHECK(cardfit_answer_sizes("{", 1, batches, lengths, bytes, NULL, NULL, NULL, NULL) == CARDFIT_BAD_LINES);
    CHECK(cardfit_answer_sizes(NULL, 1, batches, lengths, bytes, NULL, NULL, NULL, &error) == CARDFIT_MISUSE && !error);
    CHECK(cardfit_answer_sizes(good, 1, NULL, lengths, bytes, NULL, NULL, NULL, NULL) == CARDFIT_MISUSE);
    CHECK(cardfit_answer_sizes(good, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL) == CARDFIT_OK);
}

/* A list of jobs has the list of what each of them is answered alone, also where some are not accepted. */
static void jobs(void) {
    char* alone = cardfit_answer(good);
    char two[300];
    snprintf(two, sizeof two, "[%s, {\"model\": \"a ] , b\"}]\n", good);
    char* both = cardfit_answer_jobs(two, NULL);
    CHECK(alone && both && strlen(both) > strlen(alone) && both[0] == '[' && both[strlen(both) - 1] == ']');
    CHECK(strncmp(both + 1, alone, strlen(alone)) == 0 && both[strlen(alone) + 1] == ',');
    CHECK(strstr(both, "\"line\":2") != NULL && strstr(both, "\"line\":1") == NULL);
    cardfit_free(alone);
    cardfit_free(both);
    char* none = cardfit_answer_jobs(" [ ] ", NULL);
    CHECK(none && strcmp(none, "[]") == 0);
    cardfit_free(none);
    const char refusal[] = "{\"error\":{\"key\":\"jobs\",";
    const char* refused[] = {NULL, "", "{}", "[", "[1,]", "[{]}", "[\"a]", "[] []", "[1}"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i) {
        char* error = cardfit_answer_jobs(refused[i], NULL);
        CHECK(error && strncmp(error, refusal, strlen(refusal)) == 0);
        cardfit_free(error);
    }
    char* cards = cardfit_answer_jobs("[]", "{");
    CHECK(cards && strstr(cards, "{\"error\":{\"key\":\"cards\",") == cards);
    cardfit_free(cards);
}

int main(void) {
    one_job();
    jobs();
    sizes();
    one_command();
    commands_of_a_stream();
    own_cards();
    own_cards_of_a_stream();
    in_pieces(1), in_pieces(7), in_pieces(1000);
    misuse();
    return failures > 0;
}
