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
/** What the form asks besides the job. */
const RUN = ['prices', 'samples', 'deadline'];
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

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Returns the names of cards among values that a file or an address may give. */
const namesIn = (values) => values.filter((each) => typeof each === 'string' && each.trim());
/** Returns the state that a job alone states. */
const stateOf = (job) => ({job, cards: namesIn([job.hardware?.card]), run: {}});
const kindOf = (job) => (job.inference ? 'inference' : 'training');

function valueAt(job, path) {
    return path.split('.').reduce((at, key) => at?.[key], job);
}

/** Sets a key of the job, or takes it out where `value` is undefined. */
function setAt(job, path, value) {
    const names = path.split('.');
    const key = names.pop();
    let at = job;
    for (const each of names) {
        if (!isObject(at[each])) at[each] = {};
        at = at[each];
    }
    if (value === undefined) delete at[key];
    else at[key] = value;
    if (job.layout && Object.keys(job.layout).length === 0) delete job.layout;
}

/** Returns the words that a key takes, or an empty list for a number. */
function wordsOf(key) {
    return /^[a-z0-9.+-]+(, [a-z0-9.+-]+)+$/.test(key.accepted) ? key.accepted.split(', ') : [];
}

/** Returns the value that the text of a field means. A text that is no finite number stays one, so that the answer says
 *  what is accepted. */
function valueOf(text) {
    if (text.trim() === '') return undefined;
    if (text === 'true' || text === 'false') return text === 'true';
    return Number.isFinite(Number(text)) ? Number(text) : text;
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
    const training = isObject(state.job.training) ? state.job.training : {};
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
    // A browser takes seconds to lay out a line of megabytes.
    put($('model'), (typeof state.job.model === 'string' ? state.job.model : JSON.stringify(state.job.model) ?? '').slice(0, 2000));
    put($('cards'), state.cards.join(', '));
    put($('count'), state.job.hardware?.cards ?? 1);
    put($('prices'), state.run.prices ?? '');
    put($('samples'), state.run.samples ?? '');
    put($('deadline'), state.run.deadline ?? '');
    for (const each of document.querySelectorAll('.of-training')) each.hidden = kind !== 'training';
    $('deadline-note').hidden = kind !== 'training' || state.run.deadline === undefined || state.run.samples !== undefined;
    put($('job'), written(state.job));
    if ($('keys').contains(document.activeElement)) return;
    $('keys').replaceChildren(...(kind === 'training' ? [adapterField()] : []), ...FIELDS[kind].filter((p) => keys.has(p)).map(fieldOf));
}

/** Returns the job, the cards and the run of the address, or null. Anybody may have written the address, so what is not
 *  of the kind that the form gives is left out. */
function stateOfAddress() {
    try {
        const {job, cards, run} = parsed(decodeURIComponent(location.hash.slice(1)));
        if (!isObject(job)) return null;
        const alone = stateOf(job);
        const typed = Object.entries(isObject(run) ? run : {}).filter(([key, value]) => RUN.includes(key) && ['string', 'number'].includes(typeof value));
        return {job, cards: Array.isArray(cards) ? namesIn(cards) : alone.cards, run: Object.fromEntries(typed)};
    } catch {
        return null;
    }
}

/** The longest address that browsers and mail programs take. */
const LONGEST_ADDRESS = 32000;

function changed() {
    showForm();
    const hash = encodeURIComponent(JSON.stringify(state));
    const short = hash.length <= LONGEST_ADDRESS;
    history.replaceState(null, '', short ? `#${hash}` : '#');
    $('link-note').textContent = short ? '' : 'This job is too long for an address: send the job file.';
    answer();
}

/** Returns the flags of `fit` for the prices, the samples and the deadline of the form. The prices are a file, as the
 *  tool reads them, in which each card has its own. */
function runFlags(names) {
    const {prices = '', samples, deadline} = state.run;
    const rows = String(prices).split(',').map((text, i) => [names[i] ?? '', text.trim()]).filter(([name, price]) => name && price);
    const flags = {};
    if (rows.length) {
        const today = new Date().toISOString().slice(0, 10);
        engine.writeFile('prices', ['machine,usd_per_hour,date,source', ...rows.map((r) => [...r, today, 'the form'].join(','))].join('\n'));
        flags.prices = 'prices';
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
    const answers = engine.command({command: 'fit', job: state.job, ...(own ? {} : {card: [...new Set(state.cards)]}), ...runFlags(names)});
    return (Array.isArray(answers) ? answers : [answers]).map((a) => ({...a, name: a.card, word: charts.wordOf(a.verdict.answer)}));
}

function verdictLine(a) {
    const memory = `needs ${charts.inGib(charts.needOf(a).needed)} of ${charts.inGib(a.verdict.capacity_bytes)}`;
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
        return [{users: sizes[i], each: 1 / a.time.inter_token_seconds, first: a.time.prefill_seconds, needed: charts.needOf(a).needed, word}];
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

/** The charts below the verdict, in order, by name. Each one is drawn after the browser had time for the reader's keys. */
function chartsOf(answers, room) {
    const job = structuredClone(state.job);
    if (state.cards[0] && !job.hardware?.machine) job.hardware = {...job.hardware, card: state.cards[0]};
    const ask = (command, flags = {}) => engine.command({command, job, ...flags});
    const shown = answers.slice(0, 8);
    const ofTraining = {
        precisions: () => charts.precisions(ask('savings'), room),
        scaling: () => charts.scaling(ask('scaling'), room),
        layouts: () => ((job.hardware?.cards ?? 1) > 1 ? charts.layouts(ask('plan', {top: 32}), room) : null),
    };
    const ofInference = {
        formats: () => charts.formats(engine.command(served(job)), room),
        users: () => charts.users(usersOf(job), room),
    };
    return Object.entries({
        verdicts: () => charts.verdicts(shown, room),
        components: () => charts.components(shown, room),
        phases: () => charts.phases(shown[0], room),
        grid: () => charts.grid(ask('batch'), room),
        times: () => charts.times(shown, room),
        ...(job.training ? ofTraining : ofInference),
        costs: () => charts.costs(shown, room, state.run.deadline),
        errors: () => charts.errors(...errorsOf(job), room),
    });
}

let turn = 0;

/** Shows the charts one after another, in place of those of the answer before. */
function showCharts(makers) {
    const mine = ++turn;
    const figures = [];
    document.documentElement.dataset.ready = '';
    const next = () => {
        if (mine !== turn) return;
        const [name, draw] = makers.shift() ?? [];
        if (!draw) {
            $('charts').replaceChildren(...figures);
            document.documentElement.dataset.ready = String(mine);
            return;
        }
        try {
            const made = timed(`chart ${name}`, draw);
            if (made) figures.push(made);
        } catch (error) {
            // A command that has no answer for this kind of job has no chart. Any other error is one of this page, and
            // the charts after it are drawn.
            if (!error.problems) reportError(error);
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
    markFields([]);
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
        showRefusal(error);
    }
}

/** Shows what is wrong in place of the answer, and at the fields that have it. */
function showRefusal(error) {
    ++turn;
    last = null;
    const problems = error.problems ?? [];
    markFields(problems);
    document.documentElement.dataset.ready = '';
    document.documentElement.dataset.error = problems[0]?.key ?? 'page';
    $('verdict').textContent = error.problems ? error.message : `The page cannot answer this: ${error.message}`;
    $('remedies').replaceChildren();
    $('charts').replaceChildren();
    $('assumed-box').hidden = true;
    showFacts();
}

/** The fields of keys and flags that have none by their path. */
const FIELD_OF = {'hardware.card': 'cards', '--card': 'cards', 'hardware.cards': 'count', model: 'model'};

/** Returns the path or the id of the field that has a problem. A refused flag stands at the start of its message. */
function fieldWith({key, message}) {
    if (key.endsWith('usd_per_hour')) return 'prices';
    return FIELD_OF[key] ?? /^--(samples|deadline): /.exec(message)?.[1] ?? key;
}

/** Marks the fields of these problems as wrong, and all others as right. */
function markFields(problems) {
    const wrong = problems.map(fieldWith);
    for (const field of document.querySelectorAll('#ask input, #ask select'))
        field.setAttribute('aria-invalid', String(wrong.includes(field.dataset.path ?? field.id)));
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
        const text = kind === 'huggingface' ? new TextDecoder().decode(bytes) : '';
        if (nestsTooDeep(text)) throw new Error('its JSON nests too deep; accepted: a job file of 64 levels, or a config.json');
        const job = parsed(text);
        if (job && (job.hardware || job.training || job.inference)) {
            state = stateOf(job);
            return changed();
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
        state.cards = namesIn($('cards').value.split(',').map((c) => c.trim()));
        if (state.cards[0]) setAt(state.job, 'hardware.card', state.cards[0]);
        changed();
    });
    $('count').addEventListener('input', () => {
        setAt(state.job, 'hardware.cards', valueOf($('count').value));
        setAt(state.job, 'layout.data', undefined);
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
        state = {job, cards: namesIn([job.hardware?.card, ...state.cards.slice(1)]), run: state.run};
        changed();
    });
    $('file').addEventListener('change', () => take($('file').files));
    for (const kind of ['dragover', 'drop', 'dragleave'])
        document.addEventListener(kind, (event) => {
            event.preventDefault();
            document.querySelector('.drop').classList.toggle('over', kind === 'dragover');
            if (kind === 'drop') take(event.dataTransfer.files);
        });
    $('save-job').addEventListener('click', () => save('job.json', written(state.job), 'application/json'));
    $('save-answer').addEventListener('click', () => save('answer.json', written(last), 'application/json'));
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
    $('copy-link').addEventListener('click', () => {
        const failed = () => ($('link-note').textContent = 'The browser does not let the page copy: copy the address instead.');
        if (!navigator.clipboard) return failed();
        navigator.clipboard.writeText(location.href).then(() => ($('link-note').textContent = 'Copied.'), failed);
    });
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

/** Returns a document as the form shows it. Throws RangeError for one that nests too deep. */
const written = (document_) => JSON.stringify(document_, null, 2);

/** Returns the object of a text of JSON, or null for any other text. An object that nests too deep to be written again
 *  is none. */
function parsed(text) {
    try {
        const value = JSON.parse(text);
        return isObject(value) && written(value) ? value : null;
    } catch {
        return null;
    }
}

/** Returns true for JSON that nests deeper than JavaScript can write, which takes the tool seconds to refuse. */
function nestsTooDeep(text) {
    try {
        written(JSON.parse(text));
        return false;
    } catch (error) {
        return error instanceof RangeError;
    }
}

function take(files) {
    if (files.length === 0) return;
    takeFiles([...files]).catch((error) => showRefusal(new Error(`${files[0].name}: ${error.message}`)));
}

/** Returns the bytes of a text in base64. */
function bytesOf(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; ++i) bytes[i] = binary.charCodeAt(i);
    return bytes;
}

/** Returns the module of a text in base64 of gzip. It is compiled while it is unpacked. */
function compiled(text) {
    const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compileStreaming(new Response(stream, {headers: {'content-type': 'application/wasm'}}));
}

/** Returns what a step returns, and keeps how long it took, for the browser's tools and test/times.mjs. */
function timed(name, step) {
    const begun = performance.now();
    const keep = () => performance.measure(name, {start: begun, end: performance.now()});
    const made = step();
    if (made instanceof Promise) made.then(keep);
    else keep();
    return made;
}

async function main() {
    const module = await timed('compiling WebAssembly', () => compiled($('wasm').textContent));
    engine = await timed('starting WebAssembly', () => start(module));
    keys = new Map(engine.command({command: 'keys'}).map((k) => [k.key, k]));
    const given = JSON.parse($('given-job').textContent);
    state = stateOfAddress() ?? (given ? stateOf(given) : state);
    $('version').textContent = `cardfit ${engine.version}. Everything is computed in this page; nothing is sent.`;
    listen();
    timed('form', showForm);
    timed('answer', answer);
    document.documentElement.dataset.firstMs = performance.now().toFixed(1);
    for (const [id, command] of [['models', 'models'], ['card-ids', 'cards']])
        $(id).replaceChildren(...engine.command({command}).map((each) => new Option(each.name ?? each.id, each.id)));
}

main().catch((error) => {
    $('verdict').textContent = `The page cannot start: ${error.message}`;
    throw error;
});
