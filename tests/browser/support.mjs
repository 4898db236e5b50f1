// What every spec needs: a host of its own, a browser, and a user whose actions are counted.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { after, afterEach } from 'node:test';
import { fileURLToPath } from 'node:url';

// The tools live in ui/node_modules; this folder has none of its own.
const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = require('axe-core').source;

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? `${root}target`;
const hostBinary =
  process.env.GATESCOPE_HOST ?? `${target}/debug/gatescope-host${process.platform === 'win32' ? '.exe' : ''}`;
const browsers = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Long enough for a busy machine; every wait ends as soon as its state is there. */
export const patience = 20_000;

/** The AWS configuration of whoever runs the tests is none of their business. */
const noProfiles = {
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
};

/** Starts a host; answers its address with the token, and how to end it. */
export const startHost = (...args) => startHostWith({}, ...args);

/** The same with environment variables of the test's own. */
export async function startHostWith(env, ...args) {
  if (!existsSync(hostBinary))
    throw new Error(`${hostBinary} is missing: cargo build -p gatescope-tests --bin gatescope-host`);
  const child = spawn(hostBinary, ['--port', '0', '--page', `${root}ui/dist`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...noProfiles, ...env },
  });
  const said = [];
  const address = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the host ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const [, url] = /^ready (\S+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
  return { address, said, stop: () => child.kill() };
}

let browser;
/** One browser a spec file. */
export async function openBrowser() {
  const executablePath = browsers.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found; CHROMIUM names one');
  browser ??= await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** A page on the host. Errors of the page are collected, so that a test can say there were none. */
export async function openPage(address, { width = 1280, height = 800, dark = false } = {}) {
  const context = await (
    await openBrowser()
  ).newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
    origin: new URL(address).origin,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) errors.push(message.text());
  });
  await page.goto(address);
  return { page, errors, close: () => context.close() };
}

/**
 * A host, a page and a user for each test that begins; all of it ends with the test, and the page must not have complained.
 * Called once in a spec file; `args` and `env` are the host's, the rest is the page's.
 */
export function perTest({ mayComplain = false } = {}) {
  let host, opened;
  after(closeBrowser);
  afterEach(async () => {
    const errors = opened?.errors ?? [];
    await opened?.close();
    host?.stop();
    host = opened = undefined;
    if (!mayComplain) assert.deepEqual(errors, [], 'the page complained');
  });
  return async ({ args = [], env = {}, ...options } = {}) => {
    host = await startHostWith(env, ...args);
    opened = await openPage(host.address, options);
    const { page, errors } = opened;
    return { host, page, errors, user: new User(page) };
  };
}

/** Nothing that axe finds wrong: WCAG 2.1 A and AA, and that everything has its landmark and name. */
export async function axe(page, state, selector) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (within) =>
      globalThis.axe.run(within ?? document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
      }),
    selector,
  );
  const said = violations.map(
    (v) =>
      `${v.id} (${v.impact}): ${v.help}\n  ${v.nodes.map((n) => `${n.target} ${n.html.slice(0, 160)} ${n.any.concat(n.all)[0]?.message ?? ''}`).join('\n  ')}`,
  );
  assert.equal(said.length, 0, `${state}:\n${said.join('\n')}`);
}

/** The user: every action goes through here and counts one. */
export class User {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.actions = [];
  }
  async click(role, name, within = this.page) {
    this.actions.push(`click ${name}`);
    await within.getByRole(role, { name }).first().click();
  }
  async key(chord) {
    this.actions.push(`key ${chord}`);
    await this.page.keyboard.press(chord);
  }
  async fill(label, text, role = 'textbox') {
    this.actions.push(`fill ${label}`);
    await this.page.getByRole(role, { name: label, exact: true }).fill(text);
  }
  /** Gives a file to the button that opens one. */
  async open(label, { name, text }) {
    this.actions.push(`open ${name}`);
    await this.page
      .getByLabel(label)
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  }
  /** Reading what stands on the screen is an action of the budget too. */
  read() {
    this.actions.push('read');
  }
  get count() {
    return this.actions.length;
  }
}

/** Where the window's parts are. */
export const at = {
  rows: (page, kind) => page.locator(`[data-testid=row]${kind ? `[data-kind=${kind}]` : ''}`),
  verdict: (page, cause) => page.locator(`[data-testid=verdict]${cause ? `[data-cause=${cause}]` : ''}`),
  certain: (page, cause) =>
    page
      .locator(`[data-testid=verdict][data-cause=${cause}]`)
      .filter({ has: page.getByText('certain', { exact: true }) }),
  details: (page) => page.getByTestId('details'),
  lines: (page) => page.getByTestId('log-line'),
  review: (page) => page.getByTestId('review'),
  composer: (page) => page.getByTestId('composer'),
};

/** The empty Connect screen, ready to be used. */
export async function ready(page) {
  await page
    .getByRole('button', { name: /^Connect/ })
    .and(page.locator('.primary:enabled'))
    .waitFor();
}

/** Connects until a verdict stands there: that cause, certain; without a cause, any. */
export async function connectTo(page, cause) {
  await ready(page);
  await page.keyboard.press('ControlOrMeta+Enter');
  await (cause ? at.certain(page, cause) : at.verdict(page)).waitFor();
}

/** Fixes the chat API and waits until it is connected. */
export async function fixAndConnect(page) {
  await connectTo(page, 'mock-status-missing');
  await page.keyboard.press('f');
  await at
    .review(page)
    .getByRole('button', { name: /^Apply and deploy/ })
    .and(page.locator(':enabled'))
    .waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await connected(page);
}

export async function connected(page) {
  await at.rows(page, 'attempt').filter({ hasText: '101 connected' }).waitFor();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
}

/** Sends a text and waits until its log row stands beside it. */
export async function send(page, text) {
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await page.keyboard.press('ControlOrMeta+Enter');
  await at
    .rows(page, 'sent')
    .filter({ hasText: text.slice(0, 12) })
    .last()
    .waitFor();
}

/** From the Sandbox screen: starts over with the gallery. */
export async function startGallery(page) {
  const section = page.getByTestId('section-gallery');
  await section.getByRole('button', { name: 'Start over with it…' }).click();
  const sheet = page.getByTestId('start-over');
  await sheet.getByRole('button', { name: 'Forget all and start over' }).click();
  await sheet.waitFor({ state: 'detached' });
  await section.getByTestId('exhibit').nth(50).waitFor();
}

/** From the Sandbox screen: the port open, two routes with faults, a function being made. */
export async function sandboxInUse(page) {
  await page.getByRole('spinbutton', { name: 'Port' }).fill('0');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Close the port' }).waitFor();
  const set = async (name, text) => {
    await page.getByRole('spinbutton', { name }).fill(text);
    await page.keyboard.press('Enter');
  };
  await page.getByRole('radio', { name: '429' }).click();
  await page.getByTestId('fault').waitFor();
  await set('Latency, ms', '200');
  await page.getByTestId('fault').filter({ hasText: '200 ms late' }).waitFor();
  await page.getByRole('combobox', { name: 'Route' }).selectOption('joinroom');
  await set('Swallow, %', '10');
  await page.getByTestId('fault').nth(1).waitFor();
  await page.getByRole('button', { name: 'New function' }).click();
  await page.getByTestId('function-form').waitFor();
}

/** One line that a run can be compared by. */
export function within(name, user, budget) {
  console.log(`${name}: ${user.count} of ${budget} actions (${user.actions.join(' · ')})`);
  assert.ok(
    user.count <= budget,
    `${name} took ${user.count} actions, the budget is ${budget}: ${user.actions.join(' · ')}`,
  );
}
