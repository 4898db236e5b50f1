// Editing: what an edit takes in actions until it is seen to work, and that nothing of anybody's is lost on the way.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import {
  at,
  closeBrowser,
  connectTo,
  fixAndConnect,
  openPage,
  ready,
  send,
  startHost,
  User,
  within,
} from '../support.mjs';

after(closeBrowser);

let host, opened;
beforeEach(async () => {
  host = await startHost();
  opened = await openPage(host.address);
});
afterEach(async () => {
  await opened.close();
  host.stop();
});

const route = (page, key) => page.locator(`[data-testid=route][data-route="${key}"]`);
const draft = (page) => page.getByTestId('draft');
const template = (page) => page.getByRole('textbox', { name: 'Template $default', exact: true });

/** A route's way, opened at one of its stations. */
async function openStation(page, key, station) {
  await page.keyboard.press('ControlOrMeta+2');
  await route(page, key).click();
  await page.getByRole('tab', { name: station }).click();
}

async function reviewed(page) {
  await at
    .review(page)
    .getByRole('button', { name: /^Apply/ })
    .last()
    .and(page.locator(':enabled'))
    .waitFor();
}

/** Ctrl+S, and once the review stands there, Ctrl+Enter; until the edits are in force. */
async function apply(page) {
  await draft(page).waitFor();
  await page.keyboard.press('ControlOrMeta+s');
  await reviewed(page);
  await page.keyboard.press('ControlOrMeta+Enter');
  await at.review(page).waitFor({ state: 'detached' });
  await draft(page).waitFor({ state: 'detached' });
}

describe('one template', () => {
  it('is changed, deployed and tested in 3 actions, and the answer is seen where one is', async () => {
    const { page, errors } = opened;
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await openStation(page, 'joinroom', /Request template/);
    await template(page).waitFor();
    const user = new User(page);
    await user.fill('Template $default', '{"statusCode": 202}');
    await user.key('ControlOrMeta+s');
    await reviewed(page);
    await user.key('ControlOrMeta+Enter');
    const again = page.getByTestId('again');
    await again.getByText(/^Sent again → joinroom, 202/).waitFor();
    await route(page, 'joinroom').waitFor();
    within('change one template and test', user, 3);
    await again.getByRole('button', { name: 'Show' }).click();
    await at.rows(page, 'sent').nth(1).waitFor();
    assert.deepEqual(errors, []);
  });

  it('shows what it gives on the message that was sent, while it is written', async () => {
    const { page } = opened;
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await openStation(page, 'joinroom', /Request template/);
    await template(page).fill('{"statusCode": 200, "room": $input.json(\'$.roomname\')}');
    await page.getByTestId('template-result').getByText('"developers"').waitFor();
  });
});

describe('the connection id', () => {
  it('goes into a header of the backend’s request in 3 actions', async () => {
    const { page } = opened;
    const got = [];
    const backend = createServer((request, response) => {
      got.push(request.headers);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    try {
      await fixAndConnect(page);
      await openStation(page, 'joinroom', /Integration/);
      await page.getByLabel('Type', { exact: true }).selectOption('HTTP_PROXY');
      await page
        .getByLabel('Address', { exact: true })
        .fill(`http://127.0.0.1:${backend.address().port}/joinroom`);
      await apply(page);
      await page.getByTestId('again').getByText('Connected again').waitFor();
      await page.keyboard.press('ControlOrMeta+1');
      await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
      await send(page, '{"action":"joinroom","roomname":"developers"}');
      await openStation(page, 'joinroom', /Request template/);
      const user = new User(page);
      await user.click('button', 'Connection id in a header');
      await draft(page).waitFor();
      await user.key('ControlOrMeta+s');
      await reviewed(page);
      await user.key('ControlOrMeta+Enter');
      await page
        .getByTestId('again')
        .getByText(/^Sent again → joinroom, 200/)
        .waitFor();
      within('connection id in a header', user, 3);
      assert.equal(got[0].connectionid, undefined);
      assert.match(got.at(-1).connectionid, /^[\w-]+=+$/);
    } finally {
      backend.close();
    }
  });
});

describe('edits', () => {
  it('are there again after a restart of the window, and say so', async () => {
    const { page } = opened;
    await ready(page);
    await openStation(page, 'joinroom', /Integration/);
    await page.getByRole('spinbutton', { name: 'Timeout' }).fill('5000');
    await draft(page).waitFor();
    await page.reload();
    await page.getByTestId('restored').waitFor();
    await openStation(page, 'joinroom', /Integration/);
    assert.equal(await page.getByRole('spinbutton', { name: 'Timeout' }).inputValue(), '5000');
  });

  it('that AWS would refuse say so at their field, and one click puts the field back', async () => {
    const { page } = opened;
    await ready(page);
    await openStation(page, 'joinroom', /Integration/);
    const timeout = page.getByRole('spinbutton', { name: 'Timeout' });
    await timeout.fill('40000');
    await draft(page).getByText('1 problem').waitFor();
    await page.locator('[data-edited] .problem').waitFor();
    assert.equal(await timeout.getAttribute('aria-invalid'), 'true');
    await page.getByRole('button', { name: 'Undo the edit of Timeout' }).click();
    await draft(page).waitFor({ state: 'detached' });
    assert.equal(await timeout.inputValue(), '29000');
  });

  it('of two windows at one field are a conflict that somebody decides, and nothing is overwritten unseen', async () => {
    const mine = opened.page;
    await ready(mine);
    await openStation(mine, 'joinroom', /Integration/);
    await mine.getByRole('spinbutton', { name: 'Timeout' }).waitFor();
    const other = await openPage(host.address);
    try {
      await ready(other.page);
      await openStation(other.page, 'joinroom', /Integration/);
      await other.page.getByRole('spinbutton', { name: 'Timeout' }).fill('3000');
      await apply(other.page);
    } finally {
      await other.close();
    }
    await mine.getByRole('spinbutton', { name: 'Timeout' }).fill('5000');
    await draft(mine).waitFor();
    await mine.keyboard.press('ControlOrMeta+s');
    const conflict = mine.getByTestId('conflict');
    await conflict.waitFor();
    for (const value of ['When the draft began', '5000', '3000'])
      await conflict.getByText(value, { exact: true }).waitFor();
    assert.equal(
      await at
        .review(mine)
        .getByRole('button', { name: /^Apply/ })
        .last()
        .isEnabled(),
      false,
    );
    await conflict.getByRole('radio', { name: 'Yours' }).focus();
    await mine.keyboard.press('Space');
    await reviewed(mine);
    await mine.keyboard.press('ControlOrMeta+Enter');
    await draft(mine).waitFor({ state: 'detached' });
    assert.equal(await mine.getByRole('spinbutton', { name: 'Timeout' }).inputValue(), '5000');
  });
});

describe('routes', () => {
  it('are made, set, deployed, connected to and deleted by keyboard alone', async () => {
    const { page, errors } = opened;
    await ready(page);
    await page.keyboard.press('ControlOrMeta+2');
    await route(page, '$connect').waitFor();
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Route key' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.type('leaveroom');
    await route(page, 'leaveroom').getByText('new').waitFor();
    // Until it was read back, it is the draft's, under the draft's id.
    const read = page.waitForResponse(/rpc\/read_api/);
    await apply(page);
    await (await read).finished();
    await page
      .locator('[data-testid=route][data-route="leaveroom"][aria-selected="true"]')
      .filter({ hasNotText: 'new' })
      .waitFor();
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press('Delete');
    await route(page, 'leaveroom').getByText('deleted').waitFor();
    await page.keyboard.press('Control+s');
    await reviewed(page);
    await page.keyboard.press('ControlOrMeta+Enter');
    await route(page, 'leaveroom').waitFor({ state: 'detached' });
    assert.deepEqual(errors, []);
  });

  it('several of them get one timeout in one review', async () => {
    const { page } = opened;
    await ready(page);
    await page.keyboard.press('ControlOrMeta+2');
    await route(page, '$default').click();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    const bulk = page.getByTestId('bulk');
    await bulk.getByText('3 routes').waitFor();
    await bulk.getByRole('spinbutton').fill('5000');
    await page.keyboard.press('Enter');
    await draft(page).getByText('3 edits').waitFor();
    await apply(page);
    await page.keyboard.press('ControlOrMeta+5');
    assert.equal(await page.getByTestId('integration').filter({ hasText: '5000 ms' }).count(), 3);
  });
});

describe('a mock without a status', () => {
  it('is mended by hand: $default is typed, and what AWS wants is stored', async () => {
    const { page } = opened;
    await connectTo(page, 'mock-status-missing');
    await openStation(page, '$connect', /Request template/);
    await page.getByRole('button', { name: 'Add template' }).click();
    await page.getByRole('tab', { name: /Response/ }).click();
    await page.getByRole('button', { name: 'Add response' }).click();
    await draft(page).waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await reviewed(page);
    await at.review(page).getByText('\\$default', { exact: true }).waitFor();
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByTestId('again').getByText('Connected again').waitFor();
  });
});
