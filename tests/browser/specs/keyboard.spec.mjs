// The main job without a mouse, and the promises about focus, following and the list.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, connectTo, fixAndConnect, perTest, ready, send } from '../support.mjs';

const begin = perTest();

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

describe('by keyboard', () => {
  it('first start to connected: Enter, Enter, one chord; the focus is always where the next step is', async () => {
    const { page } = await begin();
    await ready(page);
    assert.match(await focused(page), /^Connect/);
    await page.keyboard.press('Enter');
    await at.verdict(page, 'mock-status-missing').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Fix…'));
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Apply and deploy'));
    await page.keyboard.press('Enter');
    await at.rows(page, 'attempt').filter({ hasText: '101 connected' }).waitFor();
  });

  it('the review keeps the focus inside and gives it back', async () => {
    const { page } = await begin();
    await connectTo(page, 'mock-status-missing');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Fix…'));
    await page.keyboard.press('Enter');
    const review = at.review(page);
    await review.getByRole('button', { name: /^Apply and deploy/ }).waitFor();
    for (let i = 0; i < 20; i += 1) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        () =>
          document.activeElement === document.body ||
          document.activeElement?.closest('[data-testid=review]') !== null,
      );
      assert.ok(inside, `after ${i + 1} tabs the focus is behind the sheet`);
    }
    await page.keyboard.press('Escape');
    await review.waitFor({ state: 'detached' });
    assert.match(await focused(page), /^Fix…/);
  });

  it('a digit goes to the evidence and back; G R goes to the route', async () => {
    const { page } = await begin();
    await connectTo(page, 'mock-status-missing');
    const culprit = at.lines(page).filter({ hasText: 'statusCode should be an integer' });
    await culprit.waitFor();
    const n = await culprit.getByRole('img', { name: /^Evidence/ }).textContent();
    await page.keyboard.press(n ?? '1');
    await page.locator('[data-testid=log-line].active').waitFor();
    await page.keyboard.press(n ?? '1');
    await page.locator('[data-testid=log-line].active').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('tab', { selected: true }).waitFor();
    assert.equal(
      await page.locator('[data-testid=route][aria-selected=true]').getAttribute('data-route'),
      '$connect',
    );
  });

  it('scrolled up, nothing moves: what is new is counted, and one click follows again', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    for (let i = 0; i < 25; i += 1) await send(page, `{"action":"joinroom","n":${i}}`);
    const scroller = page.locator('.scroller');
    await scroller.hover();
    await page.mouse.wheel(0, -100_000);
    await page.waitForFunction(() => document.querySelector('.scroller')?.scrollTop === 0);
    const first = at.rows(page).first();
    const before = [await first.textContent(), (await first.boundingBox())?.y];
    await page.getByRole('button', { name: 'Ping' }).click();
    const pill = page.getByRole('button', { name: /\d+ new/ });
    await pill.waitFor();
    assert.deepEqual([await first.textContent(), (await first.boundingBox())?.y], before);
    await pill.click();
    await at.rows(page, 'ping').first().waitFor();
    await pill.waitFor({ state: 'detached' });
  });

  it('the filter leaves what matches, Esc brings everything back', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom"}');
    await send(page, 'garbage');
    await page.getByRole('textbox', { name: 'Message', exact: true }).press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('garbage');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=row]').length === 1);
    await page.keyboard.press('Escape');
    await at.rows(page, 'attempt').first().waitFor();
  });
});
