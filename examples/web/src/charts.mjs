// SPDX-License-Identifier: MIT
// The charts of the page. Each one answers a question, and is a figure with a picture, a sentence and its table, so
// that it can be read without the picture, printed and downloaded as CSV. A chart takes answers of commands as they are.

import {areaY, barX, cell, dot, line, plot, ruleX, ruleY, text, tickX} from '@observablehq/plot';

const GIB = 2 ** 30;
const gib = (bytes) => bytes / GIB;
export const inGib = (bytes) => `${gib(bytes).toFixed(2)} GiB`;
const WORDS = {yes: 'YES', likely: 'LIKELY', unlikely: 'UNLIKELY', no: 'NO'};
const COLORS = {YES: '#2a8a57', LIKELY: '#8aa62b', UNLIKELY: '#d08a1d', NO: '#b63a3a'};
const SIGNS = {YES: '✓', LIKELY: '~', UNLIKELY: '?', NO: '·'};
export const wordOf = (answer) => WORDS[answer] ?? 'NO';

/** What a key of `components` is called. */
const COMPONENTS = {
    weights: 'weights', gradients: 'gradients', optimizer: 'optimizer states', activations: 'activations',
    logits: 'logits and loss', gathered: 'gathered weights', buckets: 'buckets', kv_cache: 'KV cache',
    temporaries: 'temporaries', workspace: 'workspace', fragmentation: 'allocator', graphs: 'CUDA graphs',
    context: 'CUDA context', communication: 'NCCL buffers',
};
const PARTS = {
    compute: 'compute', tensor_communication: 'tensor-parallel communication',
    data_communication: 'exposed communication', bubble: 'pipeline bubble', optimizer: 'optimizer',
};

export const seconds = (s) => (s >= 1 ? `${s.toFixed(2)} s` : `${(s * 1000).toFixed(1)} ms`);
const rate = (r) => (r >= 100 ? Math.round(r).toLocaleString('en-US') : r.toPrecision(3));

/** Returns the box in which a table scrolls. The table itself stays one for screen readers, and the keyboard reaches the
 *  box. */
export function tableOf({columns, rows}, title) {
    const box = document.createElement('div');
    box.className = 'scrolls';
    box.tabIndex = 0;
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', `The numbers: ${title}`);
    const table = document.createElement('table');
    const row = (cells, kind, into) => {
        const tr = into.insertRow();
        for (const each of cells) {
            const td = document.createElement(kind);
            if (kind === 'th') td.scope = 'col';
            td.textContent = typeof each === 'number' ? String(each) : each ?? '';
            tr.append(td);
        }
    };
    row(columns, 'th', table.createTHead());
    const body = table.createTBody();
    for (const each of rows) row(each, 'td', body);
    box.append(table);
    return box;
}

/** Returns the figure of a chart, which has one picture or several below each other. `says` is its answer in a sentence,
 *  which screen readers read in place of the pictures. */
function figure(id, title, says, marks, table, {room, plot: options, more = []}) {
    const element = document.createElement('figure');
    element.id = id;
    element.dataset.table = JSON.stringify(table);
    const caption = document.createElement('figcaption');
    caption.innerHTML = '<h2></h2><p></p>';
    caption.children[0].textContent = title;
    caption.children[1].textContent = says;
    const width = Math.max(300, Math.min(720, room ?? 720));
    const drawn = document.createElement('div');
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', `${title} ${says}`);
    for (const each of [{marks, ...options}, ...more])
        drawn.append(plot({width, style: {background: 'none', color: 'currentColor', fontSize: '12px'}, marginBottom: 40, ...each}));
    // A group of marks has no role that takes a name; the sentence is the name of the whole picture.
    for (const group of drawn.querySelectorAll('svg[aria-label], svg [aria-label]')) {
        group.dataset.marks = group.getAttribute('aria-label');
        group.removeAttribute('aria-label');
    }
    const details = document.createElement('details');
    details.innerHTML = '<summary>The numbers</summary>';
    details.append(tableOf(table, title));
    element.append(caption, drawn, details);
    return element;
}

/** Returns what a job needs of a card, with its 90 % range. An engine that takes more for its cache than it needs says
 *  both. */
export function needOf({memory: m, verdict: v}) {
    if (v.needed_bytes === undefined) return {needed: m.device_bytes, low: m.device_bytes_low, high: m.device_bytes_high};
    return {needed: v.needed_bytes, low: v.needed_bytes_low, high: v.needed_bytes_high};
}

/** Does it fit, how sure? One strip a card: the need with its 90 % range, on the usable memory. */
export function verdicts(answers, room) {
    const rows = answers.map((a) => ({
        card: a.name, word: a.word, bytes: needOf(a), usable_bytes: a.verdict.capacity_bytes, usable: gib(a.verdict.capacity_bytes),
    })).map((r) => ({...r, needed: gib(r.bytes.needed), low: gib(r.bytes.low), high: gib(r.bytes.high)}));
    const marks = [
        barX(rows, {y: 'card', x1: 0, x2: 'usable', fill: 'currentColor', fillOpacity: 0.1, insetTop: 2, insetBottom: 2}),
        barX(rows, {y: 'card', x1: 'low', x2: 'high', fill: (r) => COLORS[r.word], fillOpacity: 0.45, insetTop: 8, insetBottom: 8}),
        tickX(rows, {y: 'card', x: 'needed', stroke: (r) => COLORS[r.word], strokeWidth: 4}),
        tickX(rows, {y: 'card', x: 'usable', stroke: 'currentColor', strokeDasharray: '4 2'}),
        text(rows, {y: 'card', x: 0, text: 'word', textAnchor: 'start', dx: 6, fontWeight: 'bold'}),
    ];
    return figure(
        'verdicts', 'Does it fit, and how sure is that?',
        rows.map((r) => `${r.card}: ${r.word}, needs ${r.needed.toFixed(1)} of ${r.usable.toFixed(1)} GiB, 90 % range ${r.low.toFixed(1)} to ${r.high.toFixed(1)}.`).join(' '),
        marks,
        {
            columns: ['card', 'verdict', 'needed bytes', 'low bytes', 'high bytes', 'usable bytes'],
            rows: rows.map((r) => [r.card, r.word, r.bytes.needed, r.bytes.low, r.bytes.high, r.usable_bytes]),
        },
        {room, plot: {height: 44 + 44 * rows.length, marginLeft: 120, x: {label: 'GiB →', grid: true}, y: {label: null, domain: rows.map((r) => r.card)}}});
}

/** Where do the bytes go? The peak's components, stacked by card, with the usable memory. */
export function components(answers, room) {
    const bars = answers.flatMap((a) => Object.entries(a.memory.components)
        .filter(([, bytes]) => bytes > 0)
        .map(([key, bytes]) => ({card: a.name, part: COMPONENTS[key] ?? key, bytes, gib: gib(bytes)})));
    const parts = [...new Set(bars.map((b) => b.part))];
    const largest = bars.filter((b) => b.card === answers[0].name).sort((a, b) => b.bytes - a.bytes).slice(0, 3);
    return figure(
        'components', 'Where do the bytes go?',
        `At the peak (${answers[0].memory.peak_phase}) on ${answers[0].name}: ${largest.map((b) => `${b.part} ${b.gib.toFixed(1)} GiB`).join(', ')}.`,
        [
            barX(bars, {y: 'card', x: 'gib', fill: 'part', title: (b) => `${b.part}: ${b.gib.toFixed(2)} GiB`}),
            tickX(answers, {y: 'name', x: (a) => gib(a.verdict.capacity_bytes), stroke: 'currentColor', strokeWidth: 2, strokeDasharray: '4 2'}),
        ],
        {columns: ['card', 'component', 'bytes'], rows: bars.map((b) => [b.card, b.part, b.bytes])},
        {room, plot: {height: 60 + 44 * answers.length, marginLeft: 120, x: {label: 'GiB →', grid: true}, y: {label: null, domain: answers.map((a) => a.name)}, color: {domain: parts, legend: true, scheme: 'Tableau10'}}});
}

/** When is the peak? What is held at each moment of a step or of an inference, on the stage with the peak. */
export function phases(a, room) {
    const all = a.phases ?? [];
    const shown = all.filter((p) => p.stage === a.peak_stage);
    if (shown.length === 0) return null;
    const bars = shown.flatMap((p) => Object.entries(p.components).map(([key, bytes]) => ({at: p.at, part: COMPONENTS[key] ?? key, gib: gib(bytes)})));
    const byBytes = [...shown].sort((p, q) => q.reserved_bytes - p.reserved_bytes);
    const [most, least] = [byBytes[0], byBytes.at(-1)];
    const largest = Object.entries(most.components).sort((p, q) => q[1] - p[1])[0];
    const where = all.length > shown.length ? `stage ${a.peak_stage} of ${a.name}` : a.name;
    return figure(
        'phases', 'When is the peak?',
        `Most is held on ${where} at: ${most.at}, ${gib(most.reserved_bytes).toFixed(1)} GiB, of which ${gib(largest[1]).toFixed(1)} GiB are ${COMPONENTS[largest[0]] ?? largest[0]}. Least at: ${least.at}, ${gib(least.reserved_bytes).toFixed(1)} GiB. The CUDA context and NCCL buffers come on top.`,
        [barX(bars, {y: 'at', x: 'gib', fill: 'part', title: (b) => `${b.part}: ${b.gib.toFixed(2)} GiB`}), ruleX([0])],
        {columns: ['stage', 'moment', 'component', 'bytes'], rows: all.flatMap((p) => Object.entries(p.components).map(([key, bytes]) => [p.stage, p.at, COMPONENTS[key] ?? key, bytes]))},
        {room, plot: {height: 60 + 40 * shown.length, marginLeft: 140, x: {label: 'GiB →', grid: true}, y: {label: null, domain: shown.map((p) => p.at)}, color: {legend: true, domain: [...new Set(bars.map((b) => b.part))], scheme: 'Tableau10'}}});
}

/** What batch, what length? The grid of `batch`: the verdict as color and sign, the rate as number. */
export function grid(batch, room) {
    const size = batch.grid.cells[0]?.micro_batch === undefined ? 'batch' : 'micro_batch';
    const cells = batch.grid.cells.map((c) => ({...c, size: c[size], word: wordOf(c.answer), length: c.sequence_length ?? c.context ?? 0}));
    const safe = cells.filter((c) => c.word === 'YES');
    const best = safe.filter((c) => c.per_second > 0).sort((a, b) => b.per_second - a.per_second)[0];
    return figure(
        'grid', 'What batch, what length?',
        best ? `Fastest that is graded YES on ${batch.card}: ${best.size} × ${best.length}, ${rate(best.per_second)} ${batch.grid.unit}.`
            : safe.length ? `${safe.length} of ${cells.length} cells are graded YES on ${batch.card}, whose time is not known.`
                : `No cell of this grid is graded YES on ${batch.card}.`,
        [
            cell(cells, {x: 'length', y: 'size', fill: (c) => COLORS[c.word], fillOpacity: 0.35, inset: 1}),
            text(cells, {x: 'length', y: 'size', text: (c) => `${SIGNS[c.word]} ${c.word === 'NO' || !c.per_second ? '' : rate(c.per_second)}`, fill: 'currentColor'}),
        ],
        {columns: [size.replace('_', '-'), 'length', 'verdict', 'needed bytes', batch.grid.unit], rows: cells.map((c) => [c.size, c.length, c.word, c.needed_bytes, c.per_second ?? ''])},
        {room, plot: {height: 60 + 34 * new Set(cells.map((c) => c.size)).size, marginLeft: 60, x: {label: 'tokens per sequence', type: 'band'}, y: {label: size.replace('_', '-'), type: 'band'}}});
}

/** What is a step bound by? The parts of the step time, by card. */
export function times(answers, room) {
    const bars = answers.flatMap((a) => Object.entries(a.time?.breakdown ?? {})
        .filter(([, s]) => s > 0)
        .map(([key, s]) => ({card: a.name, part: PARTS[key] ?? key, seconds: s})));
    if (bars.length === 0) return null;
    return figure(
        'times', 'What is a step bound by?',
        answers.filter((a) => a.time?.step_seconds).map((a) => `${a.name}: ${seconds(a.time.step_seconds)} per step (${seconds(a.time.step_seconds_low)} to ${seconds(a.time.step_seconds_high)})${a.word === 'NO' ? ', if it did fit' : ''}, MFU ${(100 * a.time.model_flops_utilization).toFixed(0)} %.`).join(' '),
        [barX(bars, {y: 'card', x: 'seconds', fill: 'part', title: (b) => `${b.part}: ${seconds(b.seconds)}`}), ruleX([0])],
        {columns: ['card', 'part', 'seconds'], rows: bars.map((b) => [b.card, b.part, b.seconds])},
        {room, plot: {height: 60 + 44 * answers.length, marginLeft: 120, x: {label: 'seconds →', grid: true}, y: {label: null, domain: answers.map((a) => a.name)}, color: {legend: true, domain: Object.values(PARTS), scheme: 'Set2'}}});
}

/** Returns a picture of one bar per row, with a text in it. `y` names the rows and `x` their lengths. */
function textedBars(rows, {y, x, fill = '#6b8fb5', says, label, domain, rowHeight, marginLeft}) {
    return {
        marks: [barX(rows, {y, x, fill, fillOpacity: 0.6}), text(rows, {y, x: 0, text: says, textAnchor: 'start', dx: 6})],
        height: 50 + rowHeight * domain.length, marginLeft, x: {label, grid: true}, y: {label: null, domain},
    };
}

/** Is another number format worth it? Memory and time of a step in each, for a training. */
export function precisions(savings, room) {
    const rows = savings.filter((r) => r.supported).map((r) => ({...r, word: wordOf(r.answer), gib: gib(r.device_bytes)}));
    if (rows.length < 2) return null;
    const timed = rows.filter((r) => r.step_seconds > 0);
    const least = [...rows].sort((a, b) => a.device_bytes - b.device_bytes)[0];
    const fastest = [...timed].sort((a, b) => a.step_seconds - b.step_seconds)[0];
    const shape = {y: 'precision', domain: rows.map((r) => r.precision), rowHeight: 28, marginLeft: 100};
    const memory = textedBars(rows, {...shape, x: 'gib', fill: (r) => COLORS[r.word], says: (r) => `${r.word}, ${r.gib.toFixed(1)} GiB`, label: 'GiB →'});
    const time = textedBars(timed, {...shape, x: 'step_seconds', says: (r) => `${seconds(r.step_seconds)}, ${r.reason}`, label: 'seconds per step →'});
    return figure(
        'precisions', 'Is another number format worth it?',
        `Least memory: ${least.precision}, ${least.gib.toFixed(1)} GiB.${fastest ? ` Fastest: ${fastest.precision}, ${seconds(fastest.step_seconds)} per step, ${fastest.speed_up.toFixed(2)}× as fast as ${rows[0].precision}.` : ''}`,
        memory.marks,
        {columns: ['precision', 'verdict', 'needed bytes', 'step seconds', 'speed-up', 'reason'], rows: savings.map((r) => [r.precision, r.supported ? wordOf(r.answer) : 'not supported', r.device_bytes ?? '', r.step_seconds ?? '', r.speed_up ?? '', r.reason])},
        {room, plot: memory, more: timed.length ? [time] : []});
}

/** Which format of the weights? The choices of `serve` by memory and rate. */
export function formats(served, room) {
    const rows = (served.choices ?? []).map((c) => ({...c, word: wordOf(c.verdict), gib: gib(c.needed_bytes), rate: c.time?.tokens_per_second, name: `${c.weights}, ${c.engine}`}));
    if (rows.length === 0) return null;
    const first = rows[0];
    const timed = rows.filter((r) => r.rate > 0);
    const shape = {y: 'name', domain: rows.map((r) => r.name), rowHeight: 24, marginLeft: 130};
    const memory = textedBars(rows, {...shape, x: 'gib', fill: (r) => COLORS[r.word], says: (r) => `${r.word}, ${r.gib.toFixed(1)} GiB, ${r.quality}`, label: 'GiB →'});
    const rates = textedBars(timed, {...shape, x: 'rate', says: (r) => `${rate(r.rate)} tokens/s, users: ${r.time.rated_users}`, label: 'tokens/s of all users →'});
    return figure(
        'formats', 'Which format of the weights?',
        `First choice: ${first.weights} under ${first.engine} (quality: ${first.quality}), ${first.gib.toFixed(1)} GiB for one user at ${served.context.toLocaleString('en-US')} tokens${first.rate > 0 ? `; ${rate(first.rate)} tokens/s with the ${first.time.rated_users} users that fit` : ''}. Lossless and near formats come first.`,
        memory.marks,
        {columns: ['weights', 'engine', 'quality', 'verdict', 'needed bytes', 'longest context', 'users', 'tokens/s of all users'], rows: rows.map((r) => [r.weights, r.engine, r.quality, r.word, r.needed_bytes, r.longest_context, r.users, r.rate ?? ''])},
        {room, plot: memory, more: timed.length ? [rates] : []});
}

/** What does it cost, and how long does it take? One point per card that has a price: of the whole run, where the samples
 *  are stated, or else of one step or of a million generated tokens. */
export function costs(answers, room, deadline) {
    const priced = answers.filter((a) => (a.run?.rent_dollars ?? a.price?.rent_dollars) > 0);
    if (priced.length === 0) return null;
    const ofRun = priced.every((a) => a.run);
    const generates = !ofRun && priced[0].price.of === 'million_tokens';
    const points = priced.map((a) => ({
        card: a.name, word: a.word, in_time: a.run?.in_time ?? '', hourly: a.price?.usd_per_hour,
        dollars: ofRun ? a.run.rent_dollars : a.price.rent_dollars,
        ...(ofRun ? {x: a.run.seconds / 3600, low: a.run.seconds_low / 3600, high: a.run.seconds_high / 3600}
            : generates ? {x: a.time.decode_tokens_per_second} : {x: a.time.step_seconds, low: a.time.step_seconds_low, high: a.time.step_seconds_high}),
    }));
    const [unit, label] = ofRun ? ['hours', 'hours →'] : generates ? ['tokens/s', 'tokens/s of all sequences →'] : ['seconds', 'seconds per step →'];
    const of = ofRun ? `${priced[0].run.samples.toLocaleString('en-US')} samples` : generates ? 'a million generated tokens' : 'one step';
    const money = (d) => (d >= 1 ? `$${d.toFixed(2)}` : `$${d.toPrecision(3)}`);
    const fitting = points.filter((p) => p.word !== 'NO').sort((a, b) => a.dollars - b.dollars);
    return figure(
        'costs', 'What does it cost, and how long does it take?',
        fitting.length ? `For ${of}: ${fitting.map((p) => `${p.card} ${money(p.dollars)} at ${p.x.toPrecision(3)} ${unit}`).join('; ')}.` : `It fits on none of the cards that have a price.`,
        [
            ...(ofRun && deadline > 0 ? [ruleX([deadline], {stroke: '#b63a3a', strokeDasharray: '4 3'})] : []),
            ...(generates ? [] : [ruleY(points, {x1: 'low', x2: 'high', y: 'dollars', stroke: (p) => COLORS[p.word], strokeOpacity: 0.6, strokeWidth: 3})]),
            dot(points, {x: 'x', y: 'dollars', r: 6, stroke: (p) => COLORS[p.word], fill: (p) => (p.word === 'NO' ? 'none' : COLORS[p.word]), title: (p) => `${p.card}: ${money(p.dollars)}, ${p.x.toPrecision(3)} ${unit}`}),
            text(points, {x: 'x', y: 'dollars', text: 'card', dy: -12}),
        ],
        {columns: ['card', 'verdict', 'dollars per hour', 'dollars', unit, 'in time'], rows: points.map((p) => [p.card, p.word, p.hourly ?? '', p.dollars, p.x, p.in_time])},
        {room, plot: {height: 260, marginLeft: 60, insetLeft: 30, insetRight: 30, insetTop: 20, x: {label, grid: true, zero: true}, y: {label: `↑ US dollars for ${of}`, grid: true, zero: true}}});
}

/** Is a second card worth it, is a bridge? The rate in weak and strong scaling with and without NVLink, with its 90 %
 *  range; hollow points do not fit. */
export function scaling(document_, room) {
    const points = document_.curves.flatMap((c) => c.points.map((p) => {
        const samples = p.samples_per_second * p.step_seconds;
        return {...p, curve: c.name, batch: `${c.batch} scaling`, rate: p.samples_per_second, low: samples / p.step_seconds_high, high: samples / p.step_seconds_low};
    }));
    const last = document_.curves.map((c) => {
        const p = points.findLast((each) => each.curve === c.name && each.batch === `${c.batch} scaling`);
        return `${c.batch} scaling ${c.name}: ${p.speed_up.toFixed(2)}× on ${p.cards}, ${rate(p.rate)} samples/s (${rate(p.low)} to ${rate(p.high)})`;
    });
    const most = Math.max(...points.map((p) => p.cards));
    const batches = [...new Set(points.map((p) => p.batch))];
    const ideal = batches.flatMap((batch) => {
        const first = points.find((p) => p.batch === batch);
        return [first.cards, most].map((n) => ({batch, cards: n, rate: (first.rate * n) / first.cards}));
    });
    // Two panels beside each other are too narrow on a phone.
    const [panel, height] = room < 480 ? ['fy', 440] : ['fx', 280];
    return figure(
        'scaling', 'What do more cards bring, with NVLink and without?', `${last.join('; ')}. Dashed: as many times the rate as cards. Hollow: does not fit at the upper error bound.`,
        [
            text(batches, {text: (batch) => batch, frameAnchor: 'top-left', dx: 8, dy: -4, [panel]: (batch) => batch}),
            areaY(points, {x: 'cards', y1: 'low', y2: 'high', fill: 'curve', fillOpacity: 0.15, [panel]: 'batch'}),
            line(ideal, {x: 'cards', y: 'rate', stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '3 3', [panel]: 'batch'}),
            line(points, {x: 'cards', y: 'rate', stroke: 'curve', [panel]: 'batch'}),
            dot(points, {x: 'cards', y: 'rate', stroke: 'curve', [panel]: 'batch', fill: (p) => (p.fits ? p.curve : 'none'), symbol: 'curve', r: 4, title: (p) => `${p.cards} cards: ${rate(p.rate)} samples/s (${rate(p.low)} to ${rate(p.high)}), ${p.speed_up.toFixed(2)}×`}),
        ],
        {columns: ['curve', 'batch', 'cards', 'fits', 'step seconds', 'samples/s', 'low', 'high', 'speed-up'], rows: points.map((p) => [p.curve, p.batch, p.cards, p.fits ? 'yes' : 'no', p.step_seconds, p.rate, p.low, p.high, p.speed_up])},
        {room, plot: {height, x: {type: 'log', base: 2, label: 'cards →', ticks: [...new Set(points.map((p) => p.cards))], tickFormat: 'd'}, y: {type: 'log', base: 2, label: '↑ samples/s', grid: true, tickFormat: '~r'}, color: {legend: true, domain: [...new Set(document_.curves.map((c) => c.name))]}, [panel]: {axis: null}, insetTop: 16}});
}

const layoutText = (l) => ['data', 'tensor', 'pipeline', 'context', 'expert'].filter((k) => l[k] > 1).map((k) => `${k} ${l[k]}`).join(' × ') + (l.sharding && l.sharding !== 'none' ? `, ${l.sharding}` : '') || 'one card';

/** Which layout, and what is given up? The plans of `plan` by step time and memory, a Pareto front, and the recommended
 *  one in a ring. */
export function layouts(document_, room) {
    const point = (p) => ({...p, name: layoutText(p.layout), gib: gib(p.device_bytes), size: p.training?.micro_batch, ckpt: p.training?.recompute});
    const plans = (document_.plans ?? []).map(point);
    if (plans.length === 0) return null;
    const chosen = document_.recommended ? [point(document_.recommended)] : [];
    const says = (p) => `${p.name}, micro-batch ${p.size}, recompute ${p.ckpt}: ${seconds(p.step_seconds)} per step, ${p.gib.toFixed(1)} GiB`;
    const fastest = says(plans[0]);
    const recommended = chosen.map(says)[0];
    return figure(
        'layouts', 'Which layout, and what is given up?',
        `Fastest${recommended === fastest ? ', and recommended' : ''}: ${fastest}.${recommended && recommended !== fastest ? ` Recommended (ringed), the simplest within the error of the fastest: ${recommended}.` : ''} None of the ${plans.length} layouts shown is both slower and larger than another.`,
        [
            line(plans, {x: 'gib', y: 'step_seconds', stroke: 'currentColor', strokeOpacity: 0.3, sort: 'gib', curve: 'step-after'}),
            dot(plans, {x: 'gib', y: 'step_seconds', r: 5, fill: '#9db7d2', stroke: 'currentColor', title: (p) => `${p.name}\n${seconds(p.step_seconds)}, ${p.gib.toFixed(1)} GiB`}),
            dot(chosen, {x: 'gib', y: 'step_seconds', r: 10, stroke: '#3a6ea5', strokeWidth: 3}),
            ruleX([gib(plans[0].capacity_bytes)], {stroke: 'currentColor', strokeDasharray: '4 2'}),
        ],
        {columns: ['layout', 'micro-batch', 'accumulation', 'recompute', 'step seconds', 'needed bytes', 'verdict'], rows: plans.map((p) => [p.name, p.size, p.training?.gradient_accumulation, p.ckpt, p.step_seconds, p.device_bytes, p.grade])},
        {room, plot: {height: 260, x: {label: 'GiB per card →', grid: true}, y: {label: '↑ seconds per step', grid: true, zero: false}}});
}

/** How many users? The decode rate of one user and of all, and the time to the first token, by users. */
export function users(points, room) {
    if (points.length === 0) return null;
    const fits = (p) => p.word === 'YES' || p.word === 'LIKELY';
    const most = points.filter(fits).at(-1);
    const both = points.flatMap((p) => [{...p, rate: p.each, of: 'each user'}, {...p, rate: p.each * p.users, of: 'all users'}]);
    const x = {type: 'log', base: 2, label: 'users →', ticks: points.map((p) => p.users), tickFormat: 'd'};
    const rates = {
        marks: [
            line(both, {x: 'users', y: 'rate', stroke: 'of'}),
            dot(both, {x: 'users', y: 'rate', stroke: 'of', fill: (p) => (fits(p) ? p.of : 'none'), symbol: 'of', title: (p) => `${p.users} users: ${rate(p.rate)} tokens/s`}),
        ],
        height: 260, x, y: {type: 'log', label: '↑ tokens/s', grid: true}, color: {legend: true, domain: ['each user', 'all users']},
    };
    const first = {
        marks: [
            line(points, {x: 'users', y: 'first'}),
            dot(points, {x: 'users', y: 'first', fill: (p) => (fits(p) ? 'currentColor' : 'none'), stroke: 'currentColor', title: (p) => `${p.users} users: ${seconds(p.first)} to the first token`}),
        ],
        height: 180, x, y: {type: 'log', label: '↑ seconds to the first token', grid: true},
    };
    return figure(
        'users', 'How many users?',
        most ? `Up to ${most.users} users at once fit: ${rate(most.each)} tokens/s each, ${rate(most.each * most.users)} in all, ${seconds(most.first)} to the first token. Hollow: does not fit.` : 'Not one user fits.',
        rates.marks,
        {columns: ['users', 'verdict', 'tokens/s each', 'seconds to the first token', 'needed bytes'], rows: points.map((p) => [p.users, p.word, p.each, p.first, p.needed])},
        {room, plot: rates, more: [first]});
}

/** May I believe it? The errors over published runs like this one, by source. */
export function errors(sources, about, room) {
    if (sources.length === 0) return null;
    const rows = sources.map((s) => ({...s, y: s.source.length > 26 ? `${s.source.slice(0, 25)}…` : s.source}));
    const runs = rows.reduce((sum, r) => sum + r.n, 0);
    const most = [...rows].sort((a, b) => b.n - a.n)[0];
    const both = rows.flatMap((r) => [{...r, share: r.median, of: 'median'}, {...r, share: r.percentile_90, of: '90th percentile'}]);
    return figure(
        'errors', 'May I believe it?',
        `${runs} published runs with ${about} were compared with the estimates. Most are of ${most.source}: the median error of their ${most.quantity} is ${(100 * most.median).toFixed(1)} %, and 9 of 10 are within ${(100 * most.percentile_90).toFixed(0)} %.`,
        [
            ruleX([0], {stroke: 'currentColor'}),
            dot(both, {x: (r) => 100 * Math.min(1, r.share), y: 'y', stroke: 'of', symbol: 'of', title: (r) => `${r.source}, ${r.quantity}: ${r.of} ${(100 * r.share).toFixed(1)} %, ${r.n} runs`}),
        ],
        {columns: ['source', 'quantity', 'runs', 'median error', '90th percentile'], rows: rows.map((r) => [r.source, r.quantity, r.n, r.median, r.percentile_90])},
        {room, plot: {height: 70 + 20 * new Set(rows.map((r) => r.y)).size, marginLeft: 190, x: {label: 'error, % →', grid: true}, y: {label: null}, color: {legend: true}}});
}
