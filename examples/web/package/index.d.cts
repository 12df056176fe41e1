// SPDX-License-Identifier: MIT

import type * as esm from './index.mjs' with {'resolution-mode': 'import'};

/** Starts cardfit, once. `wasmBinary` replaces the file cardfit.wasm of the package. */
declare function cardfit(wasmBinary?: BufferSource): Promise<cardfit.Cardfit>;
declare namespace cardfit {
    type Cardfit = esm.Cardfit;
    type Problem = esm.Problem;
    type Request = esm.Request;
}
export = cardfit;
