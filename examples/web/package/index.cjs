// SPDX-License-Identifier: MIT
// cardfit-wasm for `require`. `await cardfit()` starts the same module as index.mjs; index.d.cts has the types.

'use strict';

module.exports = async function cardfit(wasmBinary) {
    const {default: start} = await import('./index.mjs');
    return start(wasmBinary);
};
