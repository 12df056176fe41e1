// SPDX-License-Identifier: MIT
// Measures the page in Chromium and prints what it measured: the size of the file, the time to the first answer and its
// parts, the time of an answer while the reader types, by job, and the time that each chart takes. Nothing is judged.
// usage: CARDFIT_PAGE=cardfit.html node times.mjs

import fs from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {filesBelow, source} from './tool.mjs';

const puppeteer = createRequire(import.meta.url)('puppeteer-core');
const {CARDFIT_PAGE: file, CARDFIT_CHROMIUM: chromium = '/usr/bin/chromium'} = process.env;
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const least = (all) => Math.min(...all);
const load = () => os.loadavg()[0].toFixed(1);
const ms = (x) => `${x.toFixed(1)} ms`;

const browser = await puppeteer.launch({executablePath: chromium, args: ['--no-sandbox', '--disable-gpu']});
const page = await browser.newPage();
const ready = () => page.waitForFunction(() => document.documentElement.dataset.ready || document.documentElement.dataset.error, {timeout: 120000});

async function open(hash) {
    await page.goto('about:blank');
    await page.goto(`${pathToFileURL(path.resolve(file))}${hash}`);
    await ready();
}

console.log(`cardfit.html: ${fs.statSync(file).size} bytes; ${os.cpus().length} cores, load ${load()}`);

const starts = [];
for (let i = 0; i < 5; ++i) {
    await open('');
    starts.push(await page.evaluate(() => ({
        first: Number(document.documentElement.dataset.firstMs),
        ...Object.fromEntries(performance.getEntriesByType('measure').filter((m) => !m.name.startsWith('chart ')).map((m) => [m.name, m.duration])),
    })));
}
for (const part of Object.keys(starts[0])) {
    const all = starts.map((s) => s[part]);
    console.log(`${part === 'first' ? 'first answer, from the start of the navigation' : `  of which ${part}`}: median ${ms(median(all))}, least ${ms(least(all))} (load ${load()})`);
}

const charts = new Map();
for (const job of filesBelow(path.join(source, 'examples/jobs'), '.json')) {
    const text = JSON.parse(fs.readFileSync(job, 'utf8'));
    await open(`#${encodeURIComponent(JSON.stringify({job: text}))}`);
    for (const {name, duration} of await page.evaluate(() => performance.getEntriesByType('measure').filter((m) => m.name.startsWith('chart ')).map(({name, duration}) => ({name, duration}))))
        charts.set(name, [...(charts.get(name) ?? []), duration]);
    const field = `[data-path="${text.training ? 'training.micro_batch' : 'inference.batch'}"]`;
    const times = [];
    for (let batch = 1; batch <= 20; ++batch)
        times.push(await page.$eval(field, (f, value) => {
            f.value = value;
            f.dispatchEvent(new Event('input', {bubbles: true}));
            return Number(document.documentElement.dataset.answerMs);
        }, String(batch)));
    console.log(`${path.basename(job)}: an answer while typing, median ${ms(median(times))}, least ${ms(least(times))}, most ${ms(Math.max(...times))} (load ${load()})`);
}
for (const [name, all] of charts) console.log(`${name}: median ${ms(median(all))}, least ${ms(least(all))}, most ${ms(Math.max(...all))} of ${all.length}`);
await browser.close();
