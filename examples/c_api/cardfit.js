// SPDX-License-Identifier: MIT

// Call cardfit from Node with koffi (npm install koffi):
//
//     const cardfit = require('./cardfit.js');
//     cardfit.answer({model: 'llama-3.1-8b', hardware: {card: 'h100-sxm5-80gb'}, inference: {batch: 8}}).verdict.grade
//
// The library is loaded from $CARDFIT_LIBRARY, or else from the folder of this file. As a program, this file answers a
// job file, or the jobs on standard input, one per line:
//
//     CARDFIT_LIBRARY=build/lib/libcardfit_c.so node examples/c_api/cardfit.js examples/jobs/llama-3.1-8b-on-8-h100.json

'use strict';

const fs = require('fs');
const path = require('path');
const koffi = require('koffi');

const library = koffi.load(process.env.CARDFIT_LIBRARY || path.join(__dirname, 'libcardfit_c.so'));
const free = library.func('void cardfit_free(void* text)');
// A text that koffi passes to cardfit_free after it has converted the text to a JavaScript string.
const owned = koffi.disposable('owned', 'str', free);
const answerJson = library.func('cardfit_answer', owned, ['str']);
koffi.opaque('cardfit_stream');
const LineCallback = koffi.proto('int LineCallback(const char* answer_json, size_t line, void* user)');
const open = library.func('cardfit_stream* cardfit_stream_open(LineCallback* callback, void* user)');
const write = library.func('int cardfit_stream_write(cardfit_stream* stream, const uint8_t* bytes, size_t size)');
const close = library.func('int cardfit_stream_close(cardfit_stream* stream)');

const version = library.func('const char* cardfit_version()');

/** Returns the answer to a job as JSON text. The job is an object or the text of a job file. For a job that is not
 *  accepted, the text is the document of the error. */
function answerText(job) {
    const json = typeof job === 'string' ? job : JSON.stringify(job);
    // A text in C ends at a 0, so the part of the job after a 0 would not be read. The 0 is replaced by another
    // character that JSON forbids, so that the job is refused.
    const text = answerJson(json.replaceAll('\0', '\x01'));
    if (text === null) throw new RangeError('cardfit_answer: out of memory');
    return text;
}

/** Returns the answer to a job as an object. Throws an Error whose `problems` list everything that is wrong. */
function answer(job) {
    const document = JSON.parse(answerText(job));
    if (!document.error) return document;
    const error = new Error(document.problems.map((p) => p.message).join('\n'));
    throw Object.assign(error, {problems: document.problems});
}

/** Yields the text of the answer to each job of a stream with one job per line. `pieces` are Buffers of any size, such
 *  as those of process.stdin. */
async function* answerLines(pieces) {
    let ready = [];
    const callback = koffi.register((text) => (ready.push(text), 0), koffi.pointer(LineCallback));
    const stream = open(callback, null);
    try {
        for await (const piece of pieces) {
            write(stream, piece, piece.length);
            yield* ready.splice(0);
        }
    } finally {
        close(stream);
        koffi.unregister(callback);
    }
    yield* ready;
}

module.exports = {version, answer, answerText, answerLines};

async function main(arguments_) {
    if (arguments_.length > 0) return console.log(answerText(fs.readFileSync(arguments_[0], 'utf8')));
    for await (const line of answerLines(process.stdin)) console.log(line);
}

if (require.main === module) main(process.argv.slice(2));
