// SPDX-License-Identifier: MIT
// Tests the npm package in Node: every command answers as the tool does, errors, the stream, the types, and the answers
// to all published rows.
// usage: CARDFIT_TOOL=cardfit CARDFIT_PACKAGE=cardfit-wasm node --test package.test.mjs

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {filesBelow, ofTool, scratch, source, textOfTool, written} from './tool.mjs';

const {CARDFIT_PACKAGE: package_} = process.env;
const require = createRequire(import.meta.url);

/** Installs the packed package into a project of its own, as a user does, and returns the project's folder. */
function installed() {
    const work = scratch();
    const folder = path.dirname(path.resolve(package_));
    const [tgz] = fs.readdirSync(folder).filter((f) => /^cardfit-wasm-.*\.tgz$/.test(f));
    fs.writeFileSync(path.join(work, 'package.json'), '{"private": true, "type": "module"}');
    execFileSync('npm', ['install', '--silent', '--no-fund', '--no-audit', '--offline', path.join(folder, tgz)], {cwd: work});
    return work;
}

const work = installed();
const {default: cardfit} = await import(pathToFileURL(path.join(work, 'node_modules/cardfit-wasm/index.mjs')));
const {command, commandText, stream, writeFile, version} = await cardfit();

const job = path.join(source, 'examples/jobs/compare/7b-lora.json');
const large = path.join(source, 'examples/jobs/llama-3.1-8b-on-8-h100.json');
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const rows = path.join(source, 'tests/published/images.jsonl');

/** One request per command, and the words of the same command line. A command that has no --json prints text. */
const asked = {
    estimate: [{job: read(job)}, ['estimate', job]],
    fit: [{model: 'gpt2', card: ['l4', 't4'], seq: 512}, ['fit', 'gpt2', '--card', 'l4', '--card', 't4', '--seq', '512']],
    batch: [{job: read(job)}, ['batch', job]],
    savings: [{job: read(job)}, ['savings', job]],
    scaling: [{job: read(large)}, ['scaling', large]],
    plan: [{job: read(large), top: 4}, ['plan', large, '--top', '4']],
    rank: [{job: read(job), card: ['rtx-4090', 'l40s']}, ['rank', job, '--card', 'rtx-4090', '--card', 'l40s']],
    compare: [{job: read(job), arguments: ['rtx-4090', 'rtx-a6000']}, ['compare', 'rtx-4090', 'rtx-a6000', '--job', job]],
    launch: [{job: read(large), for: 'torchtitan'}, ['launch', large, '--for', 'torchtitan']],
    serve: [{model: 'llama-3.1-8b', card: 'l4'}, ['serve', 'llama-3.1-8b', '--card', 'l4']],
    cards: [{arguments: ['l4'], sources: true}, ['cards', 'l4', '--sources']],
    machines: [{arguments: ['p5.48xlarge']}, ['machines', 'p5.48xlarge']],
    models: [{arguments: ['gpt2', 'flux.1-dev']}, ['models', 'gpt2', 'flux.1-dev']],
    keys: [{}, ['keys']],
};

/** The commands that need files, a program or a driver; each says what it misses. */
const other = {
    detect: {},
    validate: {arguments: ['/given/rows.jsonl']},
    calibrate: {arguments: ['/given/none.jsonl']},
    import: {input: '{}', arguments: ['-']},
    check: {},
    reference: {},
    report: {job: read(job), out: '-'},
};

/** Returns a document without the version, which has the commit of its build. */
function comparable(document) {
    if (Array.isArray(document)) return document.map(comparable);
    if (document === null || typeof document !== 'object') return document;
    return Object.fromEntries(Object.entries(document).filter(([key]) => key !== 'version').map(([key, value]) => [key, comparable(value)]));
}

test('every command of the tool is tested here', () => {
    const names = textOfTool(['--help']).split('Subcommands:')[1].split('\n').flatMap((line) => /^  ([a-z]+) /.exec(line)?.slice(1) ?? []);
    assert.deepEqual([...Object.keys(asked), ...Object.keys(other)].sort(), names.sort());
});

for (const [name, [request, words]] of Object.entries(asked))
    test(`${name} answers as the tool does`, () => {
        assert.deepEqual(comparable(command({command: name, ...request})), comparable(ofTool(words)));
    });

test('commands without a card, a file or a driver say so, and text is a document too', () => {
    assert.throws(() => command({command: 'calibrate', ...other.calibrate}), /none\.jsonl/);
    assert.throws(() => command({command: 'report', ...other.report}), /this installation has no page/);
    assert.throws(() => command({command: 'check'}), (error) => error.problems.length > 0);
    assert.equal(command({command: 'reference'}).text, textOfTool(['reference']));
    assert.match(commandText({command: 'detect'}), /no NVIDIA driver/);
    writeFile('/given/rows.jsonl', fs.readFileSync(rows));
    assert.deepEqual(command({command: 'validate', arguments: ['/given/rows.jsonl']}), ofTool(['validate', rows]));
    const settings = written('axolotl.json', JSON.stringify({base_model: 'meta-llama/Llama-3.1-8B', micro_batch_size: 2, sequence_len: 1024, adapter: 'lora', lora_r: 16, lora_target_linear: true, gradient_checkpointing: true}));
    writeFile(settings, fs.readFileSync(settings));
    const imported = command({command: 'import', arguments: [settings], card: 'l4'});
    assert.match(JSON.stringify(imported), /"adapter"/);
    assert.deepEqual(imported, ofTool(['import', settings, '--card', 'l4']));
});

test('what is not accepted throws an error with all problems', () => {
    const problemsOf = (request) => {
        try {
            command(request);
        } catch (error) {
            assert.match(error.message, /accepted|not/);
            return error.problems.map((p) => p.key);
        }
        return [];
    };
    assert.deepEqual(problemsOf({command: 'fit', model: 'gpt9', card: 'l4', offline: true}), ['model']);
    assert.deepEqual(problemsOf({command: 'estimate', job: {model: 'gpt2', hardware: {card: 'l4'}, training: {micro_batch: 0, sequence_length: -1}}}), ['training.micro_batch', 'training.sequence_length']);
    assert.deepEqual(problemsOf({command: 'guess'}), ['command']);
    assert.deepEqual(problemsOf({}), ['command']);
    assert.deepEqual(problemsOf('{"command": '), ['request']);
    assert.deepEqual(problemsOf({command: 'cards', arguments: ['--json']}), ['arguments']);
    assert.equal(JSON.parse(commandText('no JSON')).error.key, 'request');
    assert.match(version, /^\d+\.\d+\.\d+$/);
});

const questions = read(path.join(source, 'tests/examples/questions.json'));
for (const {request, words} of questions)
    test(`as the callers of the C interface are asked: ${words.join(' ')}`, () => {
        const input = request.job ? JSON.stringify(request.job) : '';
        assert.deepEqual(comparable(JSON.parse(commandText(request))), comparable(ofTool(words, input)));
    });

test('a stream answers each line in order, wherever its chunks end', async () => {
    const lines = ['l4', 'no-such-card', 't4', 'a30'].map((card) => JSON.stringify({command: 'fit', model: 'gpt2', card, note: undefined}));
    lines.push('no JSON é', JSON.stringify({command: 'cards', arguments: ['l4']}));
    const text = lines.join('\n');
    const bytes = new TextEncoder().encode(text);
    const inPieces = [...Array(Math.ceil(bytes.length / 7)).keys()].map((i) => bytes.subarray(7 * i, 7 * i + 7));
    const answers = async (chunks) => {
        const all = [];
        for await (const answer of stream(chunks)) all.push(answer);
        return all;
    };
    const whole = await answers([text]);
    assert.deepEqual(await answers(inPieces), whole);
    assert.equal(whole.length, lines.length);
    assert.deepEqual(whole.map((a) => a.error?.line ?? a.card ?? a[0].id), ['l4', 2, 't4', 'a30', 5, 'l4']);
    assert.deepEqual(whole[2], command(lines[2]));
    // A reader that stops early frees the stream, and another one works.
    for await (const answer of stream([`${text}\n`])) {
        assert.equal(answer.card, 'l4');
        break;
    }
    assert.equal((await answers([])).length, 0);
});

test('require starts the same module, as import does', () => {
    fs.writeFileSync(path.join(work, 'ask.cjs'), `const cardfit = require('cardfit-wasm');
cardfit().then(({command, version}) => console.log(JSON.stringify([version, command({command: 'cards', arguments: ['l4']})])));
`);
    const answered = JSON.parse(execFileSync('node', ['ask.cjs'], {cwd: work, encoding: 'utf8'}));
    assert.deepEqual(answered, [version, command({command: 'cards', arguments: ['l4']})]);
    fs.writeFileSync(path.join(work, 'ask.mjs'), `import cardfit from 'cardfit-wasm';
console.log((await cardfit()).version);
`);
    assert.equal(execFileSync('node', ['ask.mjs'], {cwd: work, encoding: 'utf8'}).trim(), version);
});

test('the types are those of the package', () => {
    // The same in a module of CommonJS, whose types stand in a file of their own.
    fs.writeFileSync(path.join(work, 'ask.cts'), `import cardfit = require('cardfit-wasm');
async function ask(): Promise<cardfit.Problem[]> {
    const engine: cardfit.Cardfit = await cardfit();
    const request: cardfit.Request = {command: 'fit', model: 'gpt2', card: 'l4'};
    const text: string = engine.commandText(request);
    // @ts-expect-error: a request names its command
    engine.command({model: 'gpt2'});
    return JSON.parse(text).problems;
}
ask().then((problems) => console.log(problems?.length ?? 0));
`);
    fs.writeFileSync(path.join(work, 'ask.mts'), `import cardfit, {type Cardfit, type Problem, type Request} from 'cardfit-wasm';
const engine: Cardfit = await cardfit();
const request: Request = {command: 'fit', model: 'gpt2', card: ['l4'], seq: 512};
const text: string = engine.commandText(request);
for await (const answer of engine.stream([text, new Uint8Array(4)])) console.log(answer.error);
try {
    engine.command(request);
} catch (error) {
    const problems: Problem[] = (error as {problems: Problem[]}).problems;
    console.log(problems[0].key, problems[0].line);
}
engine.writeFile('/a', 'b');
// @ts-expect-error: a request names its command
engine.command({model: 'gpt2'});
// @ts-expect-error: the version is not to be changed
engine.version = '2';
`);
    const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const checked = spawnSync('node', [tsc, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom', 'ask.mts', 'ask.cts'], {cwd: work, encoding: 'utf8'});
    assert.equal(checked.stdout, '');
    assert.equal(checked.status, 0);
});

test('all published rows have the digits of the tool', () => {
    const input = filesBelow(path.join(source, 'tests/published'), '.jsonl').map((f) => fs.readFileSync(f, 'utf8')).join('');
    const answers = commandText({command: 'estimate', jsonl: true, input});
    const expected = textOfTool(['estimate', '--jsonl'], input).trim().split('\n');
    const got = JSON.parse(answers).text.trim().split('\n');
    assert.equal(got.length, expected.length);
    got.forEach((line, i) => assert.equal(line, expected[i], `line ${i + 1}`));
    console.log(`${got.length} published rows have the tool's digits`);
});
