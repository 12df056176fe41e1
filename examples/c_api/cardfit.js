// SPDX-License-Identifier: MIT

// Call cardfit from Node with koffi (npm install koffi):
//
//     const cardfit = require('./cardfit.js');
//     cardfit.answer({model: 'llama-3.1-8b', hardware: {card: 'h100-sxm5-80gb'}, inference: {batch: 8}}).verdict.grade
//     cardfit.command({command: 'fit', model: 'llama-3.1-8b', card: ['rtx-4090', 'l40s'], lora: 'all'})
//
// The library is loaded from $CARDFIT_LIBRARY, or else from the folder of this file. As a program, this file answers a
// job file, or the jobs on standard input, one per line, or with --commands the requests of commands:
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
const commandJson = library.func('cardfit_command', owned, ['str', '_Out_ int*']);
const openCommands = library.func('cardfit_stream* cardfit_command_stream_open(LineCallback* callback, void* user)');
const open = library.func('cardfit_stream* cardfit_stream_open(LineCallback* callback, void* user)');
const write = library.func('int cardfit_stream_write(cardfit_stream* stream, const uint8_t* bytes, size_t size)');
const close = library.func('int cardfit_stream_close(cardfit_stream* stream)');

const version = library.func('const char* cardfit_version()');

/** Returns the answer to a job as JSON text. The job is an object or the text of a job file. For a job that is not
 *  accepted, the text is the document of the error. */
function answerText(job) {
    return taken(answerJson(textOf(job)), 'cardfit_answer');
}

/** Returns the text of a job or a request for C. A text in C ends at a 0, so the part after a 0 would not be read. The 0
 *  is replaced by another character that JSON forbids, so that the text is refused. */
function textOf(document) {
    const json = typeof document === 'string' ? document : JSON.stringify(document);
    return json.replaceAll('\0', '\x01');
}

function taken(text, called) {
    if (text === null) throw new RangeError(`${called}: out of memory`);
    return text;
}

/** Returns the answer to a job as an object. Throws an Error whose `problems` list everything that is wrong. */
function answer(job) {
    return accepted(answerText(job));
}

function accepted(text) {
    const document = JSON.parse(text);
    if (!document.error) return document;
    const error = new Error(document.problems.map((p) => p.message).join('\n'));
    throw Object.assign(error, {problems: document.problems});
}

/** Returns what a command of the tool prints with --json, as text on one line. The request is an object or its text;
 *  cardfit.h lists its keys. */
function commandText(request) {
    return taken(commandJson(textOf(request), [0]), 'cardfit_command');
}

/** The same as an object. Throws an Error whose `problems` list everything that is wrong. */
function command(request) {
    return accepted(commandText(request));
}

/** Yields the text of the answer to each request of a stream with one request per line. */
function commandLines(pieces) {
    return lines(openCommands, pieces);
}

/** Yields the text of the answer to each job of a stream with one job per line. `pieces` are Buffers of any size, such
 *  as those of process.stdin. */
function answerLines(pieces) {
    return lines(open, pieces);
}

async function* lines(openStream, pieces) {
    let ready = [];
    const callback = koffi.register((text) => (ready.push(text), 0), koffi.pointer(LineCallback));
    const stream = openStream(callback, null);
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

module.exports = {version, answer, answerText, answerLines, command, commandText, commandLines};

async function main(arguments_) {
    const ofCommands = arguments_[0] === '--commands';
    if (arguments_.length > 0 && !ofCommands) return console.log(answerText(fs.readFileSync(arguments_[0], 'utf8')));
    for await (const line of (ofCommands ? commandLines : answerLines)(process.stdin)) console.log(line);
}

if (require.main === module) main(process.argv.slice(2));
