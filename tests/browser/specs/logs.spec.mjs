// The log of a stage in the browser, on the real host: requests as they come, one of them whole, a connection's life, a
// file written and read again.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { at, axe, connectTo, fixAndConnect, perTest, send, User } from '../support.mjs';

const begin = perTest();

const row = (page, text) => page.getByTestId('book-row').filter({ hasText: text });

/** Logs, with at least one request in them. */
async function toLogs(page) {
  await page.keyboard.press('ControlOrMeta+0');
  await page.getByTestId('book-row').first().waitFor();
}

describe('the log of a stage', () => {
  it('shows one’s own refused handshake, explained, two keys after it was refused', async () => {
    const { page } = await begin();
    await connectTo(page, 'mock-status-missing');
    const user = new User(page);
    await user.key('ControlOrMeta+0');
    await row(page, '$connect').first().waitFor();
    await user.key('e');
    const verdict = page.getByTestId('logged-verdict');
    await verdict.and(page.locator('[data-cause=mock-status-missing]')).waitFor();
    assert.equal(user.count, 2);
    assert.match(await row(page, '$connect').first().innerText(), /yours/);
    // Its evidence stands in the line that it names.
    await verdict.getByRole('button', { name: /^Log line/ }).click();
    const line = page.locator('[data-testid=request-line].active');
    assert.match(await line.innerText(), /statusCode should be an integer/);
    await page.keyboard.press('Escape');
    await page.getByTestId('request').waitFor({ state: 'detached' });
  });

  it('is narrowed by text, route and failure, goes through views, and says why a filter can’t be read', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await toLogs(page);
    await row(page, 'joinroom').first().waitFor();
    await page.getByRole('combobox', { name: 'Route' }).selectOption('joinroom');
    await row(page, '$connect').first().waitFor({ state: 'detached' });
    assert.equal(await page.getByTestId('book-row').count(), 1);
    await page.getByRole('button', { name: 'Show all' }).click();
    await row(page, '$connect').first().waitFor();
    await page.getByRole('checkbox', { name: 'failures' }).check();
    await row(page, 'joinroom').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show all' }).click();
    await row(page, 'joinroom').waitFor();
    await page.keyboard.press('n');
    await page.getByRole('grid', { name: 'Lines' }).waitFor();
    await row(page, 'WebSocket Request Route: [joinroom]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('statusCode should');
    await row(page, 'WebSocket Request Route: [joinroom]').first().waitFor({ state: 'detached' });
    await row(page, 'statusCode should be an integer').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('(');
    await page.locator('#filter-problem').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#filter-problem').waitFor({ state: 'detached' });
  });

  it('shows requests while they come, and a chosen one keeps its place', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await toLogs(page);
    await row(page, '$connect').nth(1).waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByTestId('request-line').first().waitFor();
    const chosen = page.locator('[data-testid=book-row][aria-selected=true]');
    const before = await chosen.innerText();
    await page.keyboard.press('ControlOrMeta+1');
    await send(page, '{"action":"sendmessage","message":"hello!!!!"}');
    await page.keyboard.press('ControlOrMeta+0');
    await row(page, 'sendmessage').first().waitFor();
    assert.equal(await chosen.innerText(), before);
  });

  it('writes what is shown to a file that it reads again', async () => {
    const { page } = await begin();
    let path;
    try {
      await connectTo(page, 'mock-status-missing');
      await toLogs(page);
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('button', { name: /^Text/ }).click();
      await page.getByTestId('saved').waitFor();
      await page.getByTestId('saved').getByRole('button').click();
      path = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(readFileSync(path, 'utf8'), /statusCode should be an integer/);
      await page.keyboard.press('Escape');
      await page.getByLabel('A saved log').setInputFiles(path);
      await page.getByTestId('file').waitFor();
      await row(page, '$connect').first().waitFor();
      await page.keyboard.press('e');
      await page.getByTestId('request-line').filter({ hasText: 'statusCode should be' }).waitFor();
      await page.getByRole('button', { name: 'Back to prod' }).click();
      await page.getByTestId('file').waitFor({ state: 'detached' });
      await page.getByTestId('book-row').first().waitFor();
    } finally {
      if (path) rmSync(path, { force: true });
    }
  });
});

describe('by keyboard', () => {
  it('the filter leads into its rows, Esc out of a pane or a field, and the focus stays where one looks', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await toLogs(page);
    await row(page, 'joinroom').first().waitFor();
    const focused = (testid) =>
      page.waitForFunction((id) => document.activeElement?.dataset.testid === id, testid);
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await focused('book-row');
    await page.keyboard.press('Enter');
    await page.getByTestId('request-line').first().waitFor();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await page.getByTestId('request').waitFor({ state: 'detached' });
    await focused('book-row');
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    const id = page.getByTestId('life').getByRole('textbox', { name: 'Connection' });
    await id.click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { name: 'Doctor' }).waitFor();
  });
});

describe('a connection', () => {
  it('is followed from its $connect to its end, whoever asks by its id', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await at.details(page).getByRole('button', { name: 'Its connection' }).last().click();
    const life = page.getByTestId('life');
    await life.locator('[data-what=message]').first().waitFor();
    await page.keyboard.press('ControlOrMeta+d');
    await life.locator('[data-what=disconnect]').waitFor();
    const events = await life
      .getByTestId('life-event')
      .evaluateAll((all) => all.map((e) => e.dataset.what).filter((what) => what !== 'push'));
    assert.deepEqual(events, ['connect', 'message', 'disconnect']);
    const id = await life.getByRole('textbox', { name: 'Connection' }).inputValue();
    await life.getByRole('button', { name: 'Close the connection' }).click();
    await life.getByRole('textbox', { name: 'Connection' }).fill(`"${id}"`);
    await page.keyboard.press('Enter');
    await life.locator('[data-what=connect]').waitFor();
    await life.getByRole('button', { name: 'Its requests in Logs' }).click();
    await row(page, 'joinroom').waitFor();
  });
});

for (const dark of [false, true]) {
  it(`passes axe in ${dark ? 'dark' : 'light'}: rows, a request, groups, lines, connections, Insights`, async () => {
    const { page } = await begin({ dark });
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await toLogs(page);
    await row(page, 'joinroom').first().waitFor();
    await axe(page, 'logs');
    await page.keyboard.press('e');
    await page.getByTestId('logged-verdict').waitFor();
    await axe(page, 'a request');
    await page.getByRole('button', { name: /^Log groups/ }).click();
    await page.getByTestId('source').first().waitFor();
    await axe(page, 'groups');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('grid', { name: 'Lines' }).waitFor();
    await axe(page, 'lines');
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.getByRole('grid', { name: 'Connections' }).waitFor();
    await page.getByTestId('book-row').last().click();
    await page.getByTestId('life-event').first().waitFor();
    await axe(page, 'a connection');
    await page.keyboard.press('i');
    await page.getByTestId('ready-query').first().waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByTestId('query-cost').waitFor();
    await axe(page, 'Insights');
  });
}
