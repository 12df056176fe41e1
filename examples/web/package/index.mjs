// SPDX-License-Identifier: MIT
// cardfit-wasm in Node and in a browser. `await cardfit()` starts it once; index.d.mts has the types.

import {start} from './engine.mjs';

/** Returns the bytes of cardfit.wasm beside this file. */
async function bytesOf(url) {
    if (url.protocol !== 'file:') return new Uint8Array(await (await fetch(url)).arrayBuffer());
    const {readFile} = await import(/* @vite-ignore */ 'node:fs/promises');
    return readFile(url);
}

let started;

export default function cardfit(wasmBinary) {
    if (wasmBinary) return start(wasmBinary);
    started ??= bytesOf(new URL('./cardfit.wasm', import.meta.url)).then(start);
    return started;
}
