// SPDX-License-Identifier: MIT
// The page: it states a job as a job file, asks the commands of the tool for its answer while the reader types, and
// shows the answer first, then the charts. The address holds the job and the cards, so that an answer can be sent.

import {start} from './engine.mjs';
import * as charts from './charts.mjs';

const $ = (id) => document.getElementById(id);
const FIRST = {
    cards: ['rtx-4090', 'rtx-3090'],
    run: {},
    job: {
        model: 'llama-3.1-8b', hardware: {card: 'rtx-4090'},
        training: {precision: 'bf16-mixed', micro_batch: 1, sequence_length: 2048, recompute: 'full', adapter: {method: 'lora', rank: 16, targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down']}},
    },
};
const ALL_LINEAR = FIRST.job.training.adapter.targets;

/** The keys with a field of their own; the job file has all others. */
const FIELDS = {
    training: ['training.precision', 'training.micro_batch', 'training.sequence_length', 'training.recompute', 'training.optimizer', 'training.loss', 'training.framework', 'layout.data', 'layout.tensor', 'layout.pipeline', 'layout.sharding', 'hardware.link'],
    inference: ['inference.framework', 'inference.weights', 'inference.batch', 'inference.prompt', 'inference.generate', 'inference.kv_cache', 'layout.tensor', 'layout.pipeline', 'hardware.link'],
};

let engine;
let keys = new Map();
let state = structuredClone(FIRST);
let last = null;

/** Returns the state that a job alone states. */
const stateOf = (job) => ({job, cards: [job.hardware?.card].filter(Boolean), run: {}});
const kindOf = (job) => (job.inference ? 'inference' : 'training');

function valueAt(job, path) {
    return path.split('.').reduce((at, key) => at?.[key], job);
}

/** Sets a key of the job, or takes it out where `value` is undefined. */
function setAt(job, path, value) {
    const names = path.split('.');
    const key = names.pop();
    let at = job;
    for (const each of names) at = at[each] ??= {};
    if (value === undefined) delete at[key];
    else at[key] = value;
    if (job.layout && Object.keys(job.layout).length === 0) delete job.layout;
}

/** Returns the words that a key takes, or an empty list for a number. */
function wordsOf(key) {
    return /^[a-z0-9.+-]+(, [a-z0-9.+-]+)+$/.test(key.accepted) ? key.accepted.split(', ') : [];
}

/** Returns the value that the text of a field means. */
function valueOf(text) {
    if (text.trim() === '') return undefined;
    if (text === 'true' || text === 'false') return text === 'true';
    return Number.isNaN(Number(text)) ? text : Number(text);
}

function fieldOf(path) {
    const key = keys.get(path);
    const label = document.createElement('label');
    label.textContent = path.split('.').slice(1).join(' ').replaceAll('_', ' ');
    label.title = key.meaning;
    const words = wordsOf(key);
    const field = document.createElement(words.length ? 'select' : 'input');
    if (words.length) field.append(new Option(key.default ?? key.absent ?? 'default', ''), ...words.map((w) => new Option(w, w)));
    else field.placeholder = key.default ?? key.absent ?? '';
    field.dataset.path = path;
    field.value = valueAt(state.job, path) ?? '';
    label.append(field);
    return label;
}

/** The choice of what is trained: all weights, adapters, or adapters on a base of 4 bits. */
function adapterField() {
    const label = document.createElement('label');
    label.textContent = 'what is trained';
    const field = document.createElement('select');
    field.append(new Option('all weights', 'full'), new Option('LoRA', 'lora'), new Option('QLoRA (4-bit base)', 'qlora'));
    const training = state.job.training ?? {};
    field.value = !training.adapter ? 'full' : String(training.base_weights ?? '').startsWith('nf4') ? 'qlora' : 'lora';
    field.addEventListener('change', () => {
        if (field.value === 'full') delete training.adapter;
        else training.adapter ??= {method: 'lora', rank: 16, targets: ALL_LINEAR};
        if (field.value === 'qlora') training.base_weights = 'nf4';
        else delete training.base_weights;
        state.job.training = training;
        changed();
    });
    label.append(field);
    return label;
}

/** Shows the state in the form. The field that is being typed in keeps its text. */
function showForm() {
    const kind = kindOf(state.job);
    const put = (field, text) => {
        if (field !== document.activeElement) field.value = text;
    };
    document.querySelector(`[name=kind][value=${kind}]`).checked = true;
    put($('model'), typeof state.job.model === 'string' ? state.job.model : JSON.stringify(state.job.model));
    put($('cards'), state.cards.join(', '));
    put($('count'), state.job.hardware?.cards ?? 1);
    put($('prices'), state.run.prices ?? '');
    put($('samples'), state.run.samples ?? '');
    put($('deadline'), state.run.deadline ?? '');
    for (const each of document.querySelectorAll('.of-training')) each.hidden = kind !== 'training';
    put($('job'), JSON.stringify(state.job, null, 2));
    if ($('keys').contains(document.activeElement)) return;
    $('keys').replaceChildren(...(kind === 'training' ? [adapterField()] : []), ...FIELDS[kind].filter((p) => keys.has(p)).map(fieldOf));
}

/** Returns the job and the cards of the address, or null. */
function stateOfAddress() {
    try {
        const given = JSON.parse(decodeURIComponent(location.hash.slice(1)));
        return given.job ? {job: given.job, cards: given.cards ?? [given.job.hardware?.card], run: given.run ?? {}} : null;
    } catch {
        return null;
    }
}

function changed() {
    showForm();
    history.replaceState(null, '', `#${encodeURIComponent(JSON.stringify(state))}`);
    answer();
}

/** Returns the flags of `fit` for the prices, the samples and the deadline of the form. The prices are a file, as the
 *  tool reads them, in which each card has its own. */
function runFlags(names) {
    const {prices = '', samples, deadline} = state.run;
    const rows = prices.split(',').map((text, i) => [names[i] ?? '', text.trim()]).filter(([name, price]) => name && price);
    const flags = {};
    if (rows.length) {
        const today = new Date().toISOString().slice(0, 10);
        engine.writeFile('/given/prices.csv', ['machine,usd_per_hour,date,source', ...rows.map((r) => [...r, today, 'the form'].join(','))].join('\n'));
        flags.prices = '/given/prices.csv';
    }
    if (samples !== undefined && kindOf(state.job) === 'training') {
        flags.samples = samples;
        if (deadline !== undefined) flags.deadline = `${deadline}h`;
    }
    return flags;
}

/** Returns the answer of `fit` for each card. */
function fits() {
    const own = !state.cards[0] || state.job.hardware?.machine;
    const names = own ? [state.job.hardware?.machine ?? state.job.hardware?.card] : state.cards;
    const answers = engine.command({command: 'fit', job: state.job, ...(own ? {} : {card: state.cards}), ...runFlags(names)});
    return (Array.isArray(answers) ? answers : [answers]).map((a) => ({...a, name: a.card, word: charts.wordOf(a.verdict.answer)}));
}

function verdictLine(a) {
    const memory = `needs ${charts.inGib(a.memory.device_bytes)} of ${charts.inGib(a.verdict.capacity_bytes)}`;
    const time = a.time?.step_seconds ? `, ${charts.seconds(a.time.step_seconds)} per step` : a.time?.inter_token_seconds ? `, ${a.time.decode_tokens_per_second.toFixed(1)} tokens/s` : '';
    const run = a.run ? `, ${(a.run.seconds / 3600).toPrecision(3)} h for ${a.run.samples.toLocaleString('en-US')} samples` : '';
    return `${a.name}: ${memory}${a.word === 'NO' ? '' : time + run}`;
}

function showVerdict(answers) {
    const lines = answers.map((a) => {
        const line = document.createElement('div');
        const word = document.createElement('strong');
        word.className = a.word.toLowerCase();
        word.textContent = a.word;
        line.append(word, ` ${verdictLine(a)}`);
        return line;
    });
    $('verdict').replaceChildren(...lines);
}

function showRemedies(answers) {
    const a = answers.find((each) => each.word !== 'YES');
    const items = (a?.remedies ?? []).map((r) => {
        const item = document.createElement('li');
        const button = document.createElement('button');
        button.type = 'button';
        button.style.width = 'auto';
        button.textContent = r.flags;
        button.addEventListener('click', () => {
            merge(state.job, r.patch);
            changed();
        });
        item.append(button, ` fits ${a.name} with ${charts.inGib(r.device_bytes)}, ${r.slowdown.toFixed(2)}× the time`);
        return item;
    });
    $('remedies').replaceChildren(...items);
}

/** Applies the patch of a remedy to the job (RFC 7386). */
function merge(into, patch) {
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) delete into[key];
        else if (typeof value === 'object' && !Array.isArray(value)) merge((into[key] ??= {}), value);
        else into[key] = value;
    }
}

/** Returns the rates of generation by the number of users at once. */
function usersOf(job) {
    const sizes = [1, 2, 4, 8, 16, 32, 64, 128];
    const lines = sizes.map((batch) => JSON.stringify({...job, inference: {...job.inference, batch}}));
    const answers = engine.command({command: 'estimate', jsonl: true, input: lines.join('\n')}).text.trim().split('\n').map((l) => JSON.parse(l));
    return answers.flatMap((a, i) => {
        if (a.error || !a.time?.inter_token_seconds) return [];
        const {grade, headroom_bytes: spare} = a.verdict;
        const word = grade === 'fits' ? 'YES' : grade === 'does-not-fit' ? 'NO' : spare >= 0 ? 'LIKELY' : 'UNLIKELY';
        return [{users: sizes[i], each: 1 / a.time.inter_token_seconds, first: a.time.prefill_seconds, needed: a.memory.device_bytes, word}];
    });
}

function errorsOf(job) {
    const framework = job.training?.framework ?? job.inference?.framework ?? (job.training ? 'pytorch' : 'transformers');
    return [JSON.parse($('published').textContent).filter((s) => s.framework === framework && s.kind === kindOf(job)), framework];
}

/** Returns the request for the formats and engines that serve the model of a job on its hardware. */
function served({model, hardware}) {
    const name = typeof model === 'string' ? model : model.gguf ?? model.safetensors ?? model.huggingface ?? JSON.stringify(model);
    const on = hardware?.machine ? {machine: hardware.machine} : {card: hardware?.card, cards: hardware?.cards ?? 1};
    return {command: 'serve', arguments: [name], ...on, offline: true};
}

/** The charts below the verdict, in order. Each one is made after the browser had time for the reader's keys. */
function chartsOf(answers, room) {
    const job = structuredClone(state.job);
    if (state.cards[0] && !job.hardware?.machine) job.hardware = {...job.hardware, card: state.cards[0]};
    const ask = (command, flags = {}) => engine.command({command, job, ...flags});
    const shown = answers.slice(0, 8);
    const several = (job.hardware?.cards ?? 1) > 1;
    return [
        () => charts.verdicts(shown, room),
        () => charts.components(shown, room),
        () => charts.phases(shown[0], room),
        () => charts.grid(ask('batch'), room),
        () => charts.times(shown, room),
        () => (job.training ? charts.precisions(ask('savings'), room) : charts.formats(engine.command(served(job)), room)),
        () => charts.costs(shown, room, state.run.deadline),
        () => (job.inference ? charts.users(usersOf(job), room) : null),
        () => (job.training && several ? charts.scaling(ask('scaling'), room) : null),
        () => (job.training && several ? charts.layouts(ask('plan', {top: 32}), room) : null),
        () => charts.errors(...errorsOf(job), room),
    ];
}

let turn = 0;

/** Shows the charts one after another, in place of those of the answer before. */
function showCharts(makers) {
    const mine = ++turn;
    const figures = [];
    document.documentElement.dataset.ready = '';
    const next = () => {
        if (mine !== turn) return;
        const make = makers.shift();
        if (!make) {
            $('charts').replaceChildren(...figures);
            document.documentElement.dataset.ready = String(mine);
            return;
        }
        try {
            const made = make();
            if (made) figures.push(made);
        } catch (error) {
            // A command that has no answer for this kind of job has no chart.
            if (!error.problems) throw error;
        }
        setTimeout(next);
    };
    setTimeout(next, 60);
}

function showAssumed(answers) {
    const assumed = Object.entries(answers[0].assumed ?? {});
    $('assumed-box').hidden = assumed.length === 0;
    $('assumed').replaceChildren(...assumed.flatMap(([key, value]) => {
        const dt = document.createElement('dt');
        const dd = document.createElement('dd');
        dt.textContent = key;
        dd.textContent = value;
        return [dt, dd];
    }));
}

/** Shows the figures of the cards with the document of each, once the reader asks for them. */
function showFacts() {
    if (!$('facts-box').open || !last) return $('facts').replaceChildren();
    const ids = [...new Set(last.map((a) => a.card))];
    const cards = engine.command({command: 'cards', arguments: ids, sources: true});
    $('facts').replaceChildren(...cards.flatMap((card) => {
        const heading = document.createElement('h2');
        heading.textContent = card.name;
        const rows = Object.entries(card.figures).map(([key, {unit, standing, document: from}]) => [key.replaceAll('_', ' '), card[key] === false ? 'none' : card[key] ?? 'not known', unit ?? '', standing, from ?? '']);
        const source = document.createElement('p');
        source.textContent = card.source;
        return [heading, charts.tableOf({columns: ['figure', 'value', 'unit', 'standing', 'document'], rows}, card.name), source];
    }));
}

/** Answers the state. An error says what is accepted, in place of the answer. */
function answer() {
    const begun = performance.now();
    try {
        const answers = fits();
        showVerdict(answers);
        showRemedies(answers);
        last = answers;
        document.documentElement.dataset.answerMs = (performance.now() - begun).toFixed(2);
        document.documentElement.dataset.error = '';
        showAssumed(answers);
        showFacts();
        showCharts(chartsOf(answers, $('charts').clientWidth));
    } catch (error) {
        if (!error.problems) throw error;
        ++turn;
        document.documentElement.dataset.error = error.problems[0].key;
        $('verdict').textContent = error.message;
        $('remedies').replaceChildren();
        $('charts').replaceChildren();
    }
}

function save(name, text, type) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function tablesAsCsv() {
    const quoted = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ''));
    return [...document.querySelectorAll('#charts > figure')].map((f) => {
        const {columns, rows} = JSON.parse(f.dataset.table);
        return [[f.querySelector('h2').textContent], columns, ...rows].map((r) => r.map(quoted).join(',')).join('\n');
    }).join('\n\n') + '\n';
}

let folders = 0;

/** Reads dropped files: a job, or a model's config.json and files of weights, of which the header is enough. Files that
 *  are dropped together stand in one folder, as a config.json does beside its weights. */
async function takeFiles(files) {
    const most = 64 * 2 ** 20;
    const folder = `/given/${++folders}`;
    const model = {};
    for (const file of files) {
        const bytes = new Uint8Array(await file.slice(0, most).arrayBuffer());
        const path = `${folder}/${file.name}`;
        const kind = /\.gguf$/i.test(file.name) ? 'gguf' : /\.safetensors$/i.test(file.name) ? 'safetensors' : 'huggingface';
        if (kind === 'huggingface') {
            const job = JSON.parse(new TextDecoder().decode(bytes));
            if (job.hardware || job.training || job.inference) {
                state = stateOf(job);
                return changed();
            }
        }
        engine.writeFile(path, bytes);
        // A file of which only the first part is there says beside it how long it is.
        if (file.size > most) engine.writeFile(`${path}.whole-size`, String(file.size));
        model[kind] = path;
    }
    const kind = ['gguf', 'safetensors', 'huggingface'].find((each) => model[each]);
    state.job.model = {[kind]: model[kind]};
    changed();
}

function listen() {
    for (const each of document.querySelectorAll('[name=kind]'))
        each.addEventListener('change', () => {
            const {training, inference, layout, ...rest} = state.job;
            state.job = each.value === 'training' ? {...rest, training: FIRST.job.training} : {...rest, inference: {framework: 'vllm'}};
            changed();
        });
    $('model').addEventListener('input', () => {
        const text = $('model').value.trim();
        state.job.model = text.startsWith('{') ? parsed(text) ?? text : text;
        changed();
    });
    $('cards').addEventListener('input', () => {
        state.cards = $('cards').value.split(',').map((c) => c.trim()).filter(Boolean);
        if (state.cards[0]) state.job.hardware = {...state.job.hardware, card: state.cards[0]};
        changed();
    });
    $('count').addEventListener('input', () => {
        setAt(state.job, 'hardware.cards', valueOf($('count').value));
        if (state.job.layout) delete state.job.layout.data;
        changed();
    });
    const listenTo = (name, read) => $(name).addEventListener('input', () => {
        state.run[name] = read($(name).value);
        if (state.run[name] === undefined) delete state.run[name];
        changed();
    });
    listenTo('prices', (text) => text.trim() || undefined);
    listenTo('samples', valueOf);
    listenTo('deadline', valueOf);
    $('keys').addEventListener('input', (event) => {
        if (!event.target.dataset.path) return;
        setAt(state.job, event.target.dataset.path, valueOf(event.target.value));
        changed();
    });
    $('job').addEventListener('input', () => {
        const job = parsed($('job').value);
        $('job').setAttribute('aria-invalid', String(!job));
        if (!job) return;
        state = {job, cards: [job.hardware?.card, ...state.cards.slice(1)].filter(Boolean), run: state.run};
        changed();
    });
    $('file').addEventListener('change', () => take($('file').files));
    for (const kind of ['dragover', 'drop', 'dragleave'])
        document.addEventListener(kind, (event) => {
            event.preventDefault();
            document.querySelector('.drop').classList.toggle('over', kind === 'dragover');
            if (kind === 'drop') take(event.dataTransfer.files);
        });
    $('save-job').addEventListener('click', () => save('job.json', JSON.stringify(state.job, null, 2), 'application/json'));
    $('save-answer').addEventListener('click', () => save('answer.json', JSON.stringify(last, null, 2), 'application/json'));
    $('save-csv').addEventListener('click', () => save('tables.csv', tablesAsCsv(), 'text/csv'));
    $('facts-box').addEventListener('toggle', showFacts);
    // The address holds the state, so that the link to the answer moves the focus alone.
    document.querySelector('.skip').addEventListener('click', (event) => {
        event.preventDefault();
        $('answer').focus();
    });
    // What is assumed belongs on paper, where nobody can open it.
    for (const [kind, open] of [['beforeprint', true], ['afterprint', false]])
        addEventListener(kind, () => {
            $('assumed-box').open = open;
        });
    $('copy-link').addEventListener('click', () => navigator.clipboard?.writeText(location.href));
    addEventListener('hashchange', () => {
        state = stateOfAddress() ?? state;
        showForm();
        answer();
    });
    let width = innerWidth;
    addEventListener('resize', () => {
        if (width === innerWidth || !last) return;
        width = innerWidth;
        showCharts(chartsOf(last, $('charts').clientWidth));
    });
}

/** Returns the object of a text of JSON, or null for any other text. */
function parsed(text) {
    try {
        const value = JSON.parse(text);
        return typeof value === 'object' && !Array.isArray(value) ? value : null;
    } catch {
        return null;
    }
}

function take(files) {
    if (files.length === 0) return;
    takeFiles([...files]).catch((error) => {
        $('verdict').textContent = `${files[0].name}: ${error.message}`;
    });
}

/** Returns the bytes of a text in base64 of gzip. */
async function unpacked(text) {
    const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function main() {
    engine = await start(await unpacked($('wasm').textContent));
    keys = new Map(engine.command({command: 'keys'}).map((k) => [k.key, k]));
    const given = JSON.parse($('given-job').textContent);
    state = stateOfAddress() ?? (given ? stateOf(given) : state);
    $('version').textContent = `cardfit ${engine.version}. Everything is computed in this page; nothing is sent.`;
    listen();
    showForm();
    answer();
    document.documentElement.dataset.firstMs = performance.now().toFixed(1);
    for (const [id, command] of [['models', 'models'], ['card-ids', 'cards']])
        $(id).replaceChildren(...engine.command({command}).map((each) => new Option(each.name ?? each.id, each.id)));
}

main().catch((error) => {
    $('verdict').textContent = `The page cannot start: ${error.message}`;
    throw error;
});
