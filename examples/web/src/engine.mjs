// SPDX-License-Identifier: MIT
// cardfit in WebAssembly: every command of the tool, JSON in, JSON out.

import createModule from './cardfit_module.mjs';

/** Starts cardfit. `wasm` holds the bytes of cardfit.wasm, or its compiled WebAssembly.Module. */
export async function start(wasm) {
    const module = await new Promise((resolve, reject) => {
        const instantiateWasm = (imports, done) => {
            WebAssembly.instantiate(wasm, imports).then(done, reject);
            return {};
        };
        createModule(wasm instanceof WebAssembly.Module ? {instantiateWasm} : {wasmBinary: wasm}).then(resolve, reject);
    });

    /** Returns the address of a copy of a text, which the caller frees. */
    function copied(text) {
        const size = module.lengthBytesUTF8(text) + 1;
        const address = module._malloc(size);
        if (address === 0) throw new RangeError('cardfit: out of memory');
        module.stringToUTF8(text, address, size);
        return address;
    }

    /** Returns what a command of the tool prints with --json, as text on one line. The request is an object or its
     *  text: {command: 'fit', model: 'llama-3.1-8b', card: ['rtx-4090']}. A request that is not accepted has the
     *  document of its error. */
    function commandText(request) {
        const json = typeof request === 'string' ? request : JSON.stringify(request);
        // A text in C ends at a 0, so it is replaced by another character that JSON forbids.
        const asked = copied(json.replaceAll('\0', '\x01'));
        const answer = module._cardfit_command(asked, 0);
        module._free(asked);
        if (answer === 0) throw new RangeError('cardfit: out of memory');
        const text = module.UTF8ToString(answer);
        module._cardfit_free(answer);
        return text;
    }

    /** Returns what a command prints with --json. Throws an Error whose `problems` list everything that is wrong. */
    function command(request) {
        const document = JSON.parse(commandText(request));
        if (!document?.error) return document;
        const error = new Error(document.problems.map((p) => p.message).join('\n'));
        throw Object.assign(error, {problems: document.problems});
    }

    /** Answers requests, one per line of the chunks of text or bytes, as they come: an async generator of documents in
     *  the same order. A request that is not accepted has the document {"error", "problems"} with its line. */
    async function* stream(chunks) {
        const answers = [];
        const encoder = new TextEncoder();
        const take = (json) => {
            answers.push(JSON.parse(module.UTF8ToString(json)));
            return 0;
        };
        const kept = module.addFunction(take, 'iiii');
        const open = module._cardfit_command_stream_open(kept, 0);
        try {
            for await (const chunk of chunks) {
                const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
                const address = module._malloc(bytes.length || 1);
                if (address === 0) throw new RangeError('cardfit: out of memory');
                module.HEAPU8.set(bytes, address);
                module._cardfit_stream_write(open, address, bytes.length);
                module._free(address);
                yield* answers.splice(0);
            }
        } finally {
            module._cardfit_stream_close(open);
            module.removeFunction(kept);
        }
        yield* answers;
    }

    /** Stores a file that requests may name, such as a config.json, a GGUF or the header of a safetensors file. */
    function writeFile(path, bytes) {
        const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
        if (folder) module.FS.mkdirTree(folder);
        module.FS.writeFile(path, bytes);
    }

    return {version: module.UTF8ToString(module._cardfit_version()), command, commandText, stream, writeFile};
}
