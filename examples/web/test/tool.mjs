// SPDX-License-Identifier: MIT
// What the tests of the page and of the npm package share: the tool whose answers are expected, and files.

import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const source = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const tool = process.env.CARDFIT_TOOL;

/** Returns what the tool prints, whatever its exit code. */
export function textOfTool(words, input = '') {
    return spawnSync(tool, words, {encoding: 'utf8', input, maxBuffer: 2 ** 28, env: {...process.env, CARDFIT_OFFLINE: '1'}}).stdout;
}

/** Returns what the tool prints with --json. */
export const ofTool = (words, input) => JSON.parse(textOfTool([...words, '--json'], input));

export const scratch = () => fs.mkdtempSync(path.join(os.tmpdir(), 'cardfit-'));

/** Writes a file into a folder of its own and returns its path. */
export function written(name, text) {
    const file = path.join(scratch(), name);
    fs.writeFileSync(file, text);
    return file;
}

/** Returns the files of a folder and of those in it, by the end of their name. */
export function filesBelow(folder, end) {
    return fs.readdirSync(folder, {withFileTypes: true}).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((each) => {
        const file = path.join(folder, each.name);
        if (each.isDirectory()) return filesBelow(file, end);
        return each.name.endsWith(end) ? [file] : [];
    });
}
