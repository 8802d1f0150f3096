/**
 * How the interface holds up under much: the built page in Chromium before the real host, with 500 runs, a scatter of
 * 40,000 points and 560,000 stored steps to which 20 updates a second are added. Input delay is the time from an event's
 * own time stamp to the next frame after its handlers: what a person waits for.
 *
 *   npm run bench -- ui [--pairs 250] [--images 20000] [--steps 560000] [--seconds 15] [--rounds 5] [--screens FOLDER]
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { bundle } from '../scripts/lib/bundle.mjs';
import { findChromium } from '../scripts/lib/chromium.mjs';

/** @param {readonly string[]} args @returns {Promise<number>} exit status */
export async function run(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string', default: '250' },
      images: { type: 'string', default: '20000' },
      steps: { type: 'string', default: '560000' },
      seconds: { type: 'string', default: '15' },
      rounds: { type: 'string', default: '5' },
      screens: { type: 'string' },
    },
  });
  const executablePath = findChromium();
  if (!executablePath) {
    console.error('No Chromium was found; IQALAB_CHROMIUM names one.');
    return 2;
  }
  const settings = {
    out: resolve(import.meta.dirname, '..', 'out'),
    pairs: Number(values.pairs),
    images: Number(values.images),
    steps: Number(values.steps),
    updatesPerSecond: 20,
  };
  const { path, remove } = await bundle('bench/ui-host.ts');
  const host = new Host(path, settings);
  const browser = await chromium.launch({ executablePath });
  try {
    const { address } = await host.ready;
    const rows = [];
    const say = (what, target, found) => {
      rows.push({ what, target, found });
      console.log(`${what}: ${found} (target ${target})`);
    };
    const shot = async (page, name) => {
      if (values.screens) await page.screenshot({ path: join(values.screens, `${name}.png`) });
    };
    const opened = [];
    const listed = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const page = await newPage(browser, address);
      opened.push(page.openedMs);
      listed.push(await timed(page, () => page.keyboard.press('3'), 'pair-row'));
      await page.context().close();
    }
    say('page from nothing to Home, median', '<= 3000 ms', `${ms(median(opened))}`);
    say(`list of ${2 * settings.pairs} runs, median`, '<= 2000 ms', `${ms(median(listed))}`);

    // What the machine itself adds: an empty page, on which nothing listens but the clock.
    const blank = await browser.newPage();
    await blank.addInitScript(watchInput);
    await blank.goto('data:text/html,<title>empty</title>');
    const empty = await wander(blank, { x: 0, y: 0, width: 700, height: 500 }, 200);
    say('the same hover over an empty page, p95', 'none', ms(percentile(empty.waits, 0.95)));
    console.log(`  median ${ms(median(empty.waits))}, longest ${ms(Math.max(...empty.waits))}`);
    await blank.close();

    const page = await newPage(browser, address);
    await page.keyboard.press('6');
    await page.getByTestId('figure-before-after').click();
    const start = performance.now();
    const chart = page.getByTestId('chart').first();
    await page.waitForFunction(
      (count) =>
        document.querySelector('[data-testid=chart]')?.getAttribute('data-points') ===
        String(count),
      2 * settings.images,
      { timeout: 120_000 },
    );
    await chart.locator('canvas').first().waitFor();
    console.log(`${2 * settings.images} points loaded and drawn: ${ms(performance.now() - start)}`);
    const hover = await wander(page, await chart.boundingBox(), 200);
    say(`hover over ${2 * settings.images} points, first`, '<= 50 ms', ms(hover.first));
    say('hover, p95', '<= 50 ms', ms(percentile(hover.waits, 0.95)));
    console.log(`  median ${ms(median(hover.waits))}, longest ${ms(Math.max(...hover.waits))}`);
    await shot(page, 'ui-hover');
    const brush = await brushing(page, await chart.boundingBox());
    say('brush that selects a quarter, to the next frame', '<= 500 ms', ms(brush));
    await shot(page, 'ui-brush');
    await page.context().close();

    const live = await newPage(browser, address);
    await live.keyboard.press('3');
    await live.getByTestId('pair-row').first().click();
    await live.getByTestId('chart').first().locator('canvas').first().waitFor();
    host.say('live');
    await live.waitForTimeout(2000);
    const box = await live.getByTestId('chart').first().boundingBox();
    const waits = [];
    const until = performance.now() + 1000 * Number(values.seconds);
    while (performance.now() < until) waits.push(...(await wander(live, box, 30)).waits);
    const title = `input while ${settings.steps} stored steps grow by 20 updates/s, p95`;
    say(title, '<= 50 ms', ms(percentile(waits, 0.95)));
    console.log(
      `  median ${ms(median(waits))}, longest ${ms(Math.max(...waits))}, n ${waits.length}`,
    );
    const typed = await typing(live);
    say('typing in the form of a pair meanwhile, p95', '<= 50 ms', ms(percentile(typed, 0.95)));
    await shot(live, 'ui-live');

    console.log(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, load ${loadavg()[0].toFixed(1)} at the end, Chromium ${browser.version()} without a GPU`,
    );
    console.table(rows);
    return 0;
  } finally {
    await browser.close();
    await host.end();
    remove();
  }
}

/** A fresh visitor: no cache, no stored choices. */
async function newPage(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watchInput);
  const start = performance.now();
  await page.goto(address);
  await page.getByRole('heading').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[data-testid=job-bar]') !== null);
  page.openedMs = performance.now() - start;
  return page;
}

/** Runs in the page: how long each input waits until the frame after its handlers. */
function watchInput() {
  const waits = [];
  Object.assign(window, { inputWaits: waits });
  for (const type of ['pointermove', 'pointerup', 'input']) {
    window.addEventListener(
      type,
      (event) => {
        // After this frame's callbacks and its painting comes the next task.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => waits.push(performance.now() - event.timeStamp);
          port2.postMessage(null);
        });
      },
      { capture: true, passive: true },
    );
  }
}

const takeWaits = (page) => page.evaluate(() => window.inputWaits.splice(0));

/** Moves the pointer over a box as a hand does: along a curve, sixty places a second. */
async function wander(page, box, moves) {
  await takeWaits(page);
  let first = null;
  for (let i = 0; i < moves; i++) {
    const x = box.x + box.width * (0.5 + 0.35 * Math.sin(i / 7));
    const y = box.y + box.height * (0.5 + 0.3 * Math.cos(i / 11));
    await page.mouse.move(x, y);
    await page.waitForTimeout(16);
    if (i === 0) {
      await page.waitForTimeout(500);
      [first] = await takeWaits(page);
    }
  }
  await page.waitForTimeout(200);
  return { first: first ?? 0, waits: await takeWaits(page) };
}

async function brushing(page, box) {
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.2, 0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.55, 0.6), { steps: 4 });
  await page.waitForTimeout(200);
  await takeWaits(page);
  await page.mouse.up();
  await page.locator('[data-testid=picked-strip]:not([data-count="0"])').waitFor();
  await page.waitForTimeout(1000);
  const waits = await takeWaits(page);
  return waits[0] ?? NaN;
}

async function typing(page) {
  await page.getByTestId('pair-new').click();
  const name = page.getByTestId('pair-name');
  await name.click();
  await takeWaits(page);
  await name.pressSequentially('a name that is typed while steps arrive', { delay: 60 });
  await page.waitForTimeout(200);
  return await takeWaits(page);
}

async function timed(page, act, testid) {
  const start = performance.now();
  await act();
  await page.getByTestId(testid).first().waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(null))));
  return performance.now() - start;
}

class Host {
  #child;
  #folder = null;

  constructor(entry, settings) {
    const arguments_ = [entry, JSON.stringify(settings)];
    this.#child = spawn(process.execPath, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ready = new Promise((done, failed) => {
      this.#child.once('close', (code) => failed(new Error(`the host ended with ${code}`)));
      createInterface({ input: this.#child.stdout }).once('line', (line) => {
        const told = JSON.parse(line);
        this.#folder = told.folder;
        done(told);
      });
    });
  }

  say(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  async end() {
    this.say('end');
    await new Promise((done) => {
      if (this.#child.exitCode !== null) done(null);
      this.#child.once('close', done);
      setTimeout(() => this.#child.kill('SIGKILL'), 10_000).unref();
    });
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const percentile = (values, share) =>
  sorted(values)[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)] ?? NaN;
const median = (values) => percentile(values, 0.5);
const ms = (value) => `${value.toFixed(0)} ms`;
