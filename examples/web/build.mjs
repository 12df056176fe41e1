// SPDX-License-Identifier: MIT
// Makes cardfit.html, one file without a need of others, and the npm package cardfit-wasm, from cardfit_module.mjs and
// cardfit_module.wasm. usage: node build.mjs FOLDER-OF-THE-MODULE FOLDER-OF-THE-OUTPUT

import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {gzipSync} from 'node:zlib';

// Packages of NODE_PATH are found by require alone.
const {build} = createRequire(import.meta.url)('esbuild');
const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, '..', '..');
const [moduleFolder, out] = process.argv.slice(2).map((p) => path.resolve(p));
const staged = path.join(out, 'staged');
const packageFolder = path.join(out, 'cardfit-wasm');
const read = (...names) => fs.readFileSync(path.join(...names), 'utf8');

/** Returns the errors over the published rows by framework and source, as `cardfit validate` computes them. */
function publishedErrors({command, writeFile}) {
    const folder = path.join(source, 'tests', 'published');
    const lines = fs.readdirSync(folder).filter((f) => f.endsWith('.jsonl')).sort()
        .flatMap((f) => read(folder, f).split('\n').filter(Boolean));
    const groups = new Map();
    for (const line of lines) {
        const {job} = JSON.parse(line);
        const kind = job.training ? 'training' : 'inference';
        const framework = job[kind]?.framework ?? (job.training ? 'pytorch' : 'transformers');
        const key = `${kind} ${framework}`;
        groups.set(key, [...(groups.get(key) ?? []), line]);
    }
    return [...groups].flatMap(([key, rows]) => {
        const [kind, framework] = key.split(' ');
        writeFile('/published/rows.jsonl', rows.join('\n'));
        const {quantities} = command({command: 'validate', arguments: ['/published/rows.jsonl']});
        return Object.entries(quantities).flatMap(([quantity, {sources}]) =>
            Object.entries(sources).map(([name, {n, median, percentile_90}]) =>
                ({kind, framework, quantity: quantity.replaceAll('_', ' '), source: name, n, median, percentile_90})));
    });
}

/** Lays the npm package out and returns the module that it starts. */
async function makePackage() {
    fs.mkdirSync(packageFolder, {recursive: true});
    for (const name of ['index.mjs', 'index.d.mts', 'index.cjs', 'index.d.cts', 'README.md']) fs.copyFileSync(path.join(here, 'package', name), path.join(packageFolder, name));
    fs.copyFileSync(path.join(here, 'src', 'engine.mjs'), path.join(packageFolder, 'engine.mjs'));
    fs.copyFileSync(path.join(moduleFolder, 'cardfit_module.mjs'), path.join(packageFolder, 'cardfit_module.mjs'));
    fs.copyFileSync(path.join(moduleFolder, 'cardfit_module.wasm'), path.join(packageFolder, 'cardfit.wasm'));
    fs.copyFileSync(path.join(source, 'LICENSE'), path.join(packageFolder, 'LICENSE'));
    const {default: cardfit} = await import(pathToFileURL(path.join(packageFolder, 'index.mjs')));
    const engine = await cardfit();
    const about = {...JSON.parse(read(here, 'package', 'package.json')), version: engine.version};
    fs.writeFileSync(path.join(packageFolder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
    return engine;
}

/** Returns the page's script, bundled. */
async function bundled() {
    fs.mkdirSync(staged, {recursive: true});
    for (const name of ['page.mjs', 'charts.mjs', 'engine.mjs']) fs.copyFileSync(path.join(here, 'src', name), path.join(staged, name));
    fs.copyFileSync(path.join(moduleFolder, 'cardfit_module.mjs'), path.join(staged, 'cardfit_module.mjs'));
    const made = await build({
        entryPoints: [path.join(staged, 'page.mjs')], bundle: true, minify: true, format: 'iife', write: false, target: 'es2022',
        define: {'import.meta.url': '"file:///cardfit"'}, nodePaths: [path.join(here, 'node_modules'), ...(process.env.NODE_PATH ?? '').split(path.delimiter).filter(Boolean)],
    });
    return made.outputFiles[0].text;
}

/** Returns a text that may stand in a script element. */
const inScript = (text) => text.replaceAll('</', '<\\/');

const engine = await makePackage();
const parts = {
    '/*STYLE*/': read(here, 'src', 'page.css'),
    '/*PUBLISHED*/': inScript(JSON.stringify(publishedErrors(engine))),
    '/*WASM*/': gzipSync(fs.readFileSync(path.join(moduleFolder, 'cardfit_module.wasm')), {level: 9}).toString('base64'),
    '/*SCRIPT*/': inScript(await bundled()),
};
let page = read(here, 'src', 'page.html');
for (const [mark, text] of Object.entries(parts)) page = page.replace(mark, () => text);
fs.writeFileSync(path.join(out, 'cardfit.html'), page);
const most = 2_500_000;
console.log(`cardfit.html: ${page.length} bytes (script ${parts['/*SCRIPT*/'].length}, WebAssembly ${parts['/*WASM*/'].length}, published ${parts['/*PUBLISHED*/'].length})`);
if (page.length > most) throw new Error(`cardfit.html has more than ${most} bytes`);
