// The doctor on the real backend: it names what is wrong before anyone connects, and mends it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, axe, closeBrowser, openPage, startHost, User } from '../support.mjs';

let host;
before(async () => {
  host = await startHost();
});
after(async () => {
  await closeBrowser();
  host.stop();
});

const ready = (page) => page.getByRole('button', { name: 'Connect', exact: true }).first().waitFor();
const flaw = (page, rule) => page.locator(`[data-testid=flaw][data-rule=${rule}]`);

describe('the doctor', () => {
  for (const dark of [false, true])
    it(`passes axe in ${dark ? 'dark' : 'light'}, folded and unfolded`, async () => {
      const { page, errors, close } = await openPage(host.address, { dark });
      await ready(page);
      await page.getByRole('button', { name: 'Doctor' }).click();
      await flaw(page, 'mock-status-missing').waitFor();
      await axe(page, 'findings');
      await page.getByTestId('passed').locator('summary').click();
      await axe(page, 'rules');
      assert.deepEqual(errors, []);
      await close();
    });

  it('names the mock without a status before anyone connects, and mends it in 3 actions', async () => {
    const { page, errors, close } = await openPage(host.address);
    await ready(page);
    const user = new User(page);
    await user.click('button', 'Doctor');
    const worst = page.getByRole('group', { name: 'Nobody can connect' }).getByRole('option').first();
    await worst.waitFor();
    assert.equal(await worst.getAttribute('data-rule'), 'mock-status-missing');
    assert.equal(await at.rows(page).count(), 0, 'nobody connected');
    await user.key('f');
    await at.review(page).waitFor();
    await user.click('button', /^Apply and deploy/, at.review(page));
    await flaw(page, 'mock-status-missing').waitFor({ state: 'detached' });
    assert.ok(user.count <= 3, user.actions.join(', '));
    assert.deepEqual(errors, []);
    await close();
  });

  it('is gone through and left by keyboard alone', async () => {
    const { page, errors, close } = await openPage(host.address);
    await ready(page);
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    const options = page.getByRole('option');
    await options.first().waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'option');
    await page.keyboard.press('j');
    assert.equal(await options.nth(1).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('k');
    await page.keyboard.press('r');
    await page.getByText('checking …').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.locator('main:not([aria-label=doctor])').waitFor();
    assert.deepEqual(errors, []);
    await close();
  });
});
