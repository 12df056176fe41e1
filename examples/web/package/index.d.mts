// SPDX-License-Identifier: MIT

/** A command of the tool and its flags: {command: 'fit', model: 'llama-3.1-8b', card: ['rtx-4090'], lora: 'all'}. */
export interface Request {
    /** fit, estimate, batch, savings, scaling, plan, rank, compare, launch, serve, cards, machines, models, keys … */
    command: string;
    /** The job file that the command reads, as an object or as its text. */
    job?: object | string;
    /** What the command reads from standard input, where that is no job. */
    input?: string;
    /** The words of the command line that are not flags, such as the names of cards. */
    arguments?: (string | number)[];
    /** A flag by its name, with _ or -: true for a flag without a value, a list for one that is given several times. */
    [flag: string]: unknown;
}

/** What is wrong with a request. An Error of `command` has a list of these as `problems`. */
export interface Problem {
    key: string;
    value: unknown;
    accepted: string;
    message: string;
    line?: number;
}

export interface Cardfit {
    /** The version, such as "0.1.0". */
    readonly version: string;
    /** Returns what a command prints with --json. Throws an Error with `problems: Problem[]`. */
    command(request: Request | string): any;
    /** The same as text on one line; for a request that is not accepted, the document {"error", "problems"}. */
    commandText(request: Request | string): string;
    /** Answers requests, one per line, in order and as they come. The chunks may end anywhere, as those of a socket do. A
     *  request that is not accepted has the document {"error", "problems"} with its line. */
    stream(chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>): AsyncGenerator<any, void, void>;
    /** Stores a file that requests may name, in the memory of the module. */
    writeFile(path: string, bytes: Uint8Array | string): void;
}

/** Starts cardfit, once. `wasmBinary` replaces the file cardfit.wasm of the package. */
export default function cardfit(wasmBinary?: BufferSource): Promise<Cardfit>;
