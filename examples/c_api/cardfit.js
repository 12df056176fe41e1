// SPDX-License-Identifier: MIT

// Call cardfit from Node with koffi (npm install koffi):
//
//     const cardfit = require('./cardfit.js');
//     cardfit.answer({model: 'llama-3.1-8b', hardware: {card: 'h100-sxm5-80gb'}, inference: {batch: 8}}).verdict.grade
//
// The library is loaded from $CARDFIT_LIBRARY, or else from the folder of this file. As a program, this file answers a job
// file, or the jobs on standard input, one per line:
//
//     CARDFIT_LIBRARY=build/lib/libcardfit_c.so node examples/c_api/cardfit.js examples/jobs/llama-3.1-8b-on-8-h100.json

'use strict';

const fs = require('fs');
const path = require('path');
const koffi = require('koffi');

const library = koffi.load(process.env.CARDFIT_LIBRARY || path.join(__dirname, 'libcardfit_c.so'));
const free = library.func('void cardfit_free(void* text)');
// Text that koffi hands to cardfit_free once it has made a JavaScript string of it.
const owned = koffi.disposable('owned', 'str', free);
const answerJson = library.func('cardfit_answer', owned, ['str']);
koffi.opaque('cardfit_stream');
const LineCallback = koffi.proto('int LineCallback(const char* answer_json, size_t line, void* user)');
const open = library.func('cardfit_stream* cardfit_stream_open(LineCallback* callback, void* user)');
const write = library.func('int cardfit_stream_write(cardfit_stream* stream, const uint8_t* bytes, size_t size)');
const close = library.func('int cardfit_stream_close(cardfit_stream* stream)');

const version = library.func('const char* cardfit_version()');

/** The answer's JSON text to a job: an object, or the text of a job file. An error is answered as its document. */
function answerText(job) {
    const json = typeof job === 'string' ? job : JSON.stringify(job);
    // C's text ends at a 0, and what stands behind one would go unread; another byte that JSON forbids gets refused.
    const text = answerJson(json.replaceAll('\0', '\x01'));
    if (text === null) throw new RangeError('cardfit_answer: out of memory');
    return text;
}

/** The answer to a job. Throws an Error whose `problems` have everything that is wrong. */
function answer(job) {
    const document = JSON.parse(answerText(job));
    if (!document.error) return document;
    const error = new Error(document.problems.map((p) => p.message).join('\n'));
    throw Object.assign(error, {problems: document.problems});
}

/** The answers' texts to a stream of jobs, one a line. `pieces` are Buffers, cut anywhere, as of process.stdin. */
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
