// Turning logs on whole: chosen, reviewed, running for a while, and back again; and why there is no log. By keyboard.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, axe, closeBrowser, connectTo, openPage, ready, startHost } from '../support.mjs';

const host = await startHost('--no-logging');
after(async () => {
  await closeBrowser();
  host.stop();
});

/** A picture, where somebody wants to look. */
const picture = async (page, name) => {
  const folder = process.env.GATESCOPE_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
};

test('logs are chosen with their cost, reviewed, run for a while, and go back', async () => {
  const { page, errors, close } = await openPage(host.address);
  await connectTo(page);
  await page.keyboard.press('w');
  const why = page.getByTestId('why-no-log');
  await why.getByText('prod writes no execution log').waitFor();
  await axe(page, '[data-testid=why-no-log]');
  await picture(page, 'why');
  await why.getByRole('button', { name: 'Turn on logs…' }).click();

  const sheet = page.getByTestId('turn-on-logs');
  await sheet.getByTestId('rests-on').filter({ hasText: '1,000 a day' }).waitFor();
  await sheet.getByRole('switch', { name: 'Data trace' }).press('Space');
  await sheet.getByText('Tokens, cookies and messages').waitFor();
  await sheet.getByRole('switch', { name: 'Access log' }).press('Space');
  await sheet.getByRole('button', { name: 'CSV' }).click();
  await sheet.getByRole('textbox', { name: 'Format' }).fill('$context.status');
  await sheet.getByText('It has to hold $context.requestId').waitFor();
  assert.ok(await sheet.getByRole('button', { name: /^Review…/ }).isDisabled());
  await sheet.getByRole('button', { name: 'JSON' }).click();
  await sheet.getByRole('combobox', { name: 'Keep lines' }).selectOption('7');
  await axe(page, '[data-testid=turn-on-logs]');
  await picture(page, 'sheet');
  await page.keyboard.press('ControlOrMeta+Enter');

  const review = at.review(page);
  await review.getByText('UpdateStage').first().waitFor();
  await review.getByText('PutRetentionPolicy').first().waitFor();
  await picture(page, 'review');
  await review
    .getByRole('button', { name: /^Apply/ })
    .and(page.locator(':enabled'))
    .waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');

  const running = page.getByTestId('revert');
  await running.filter({ hasText: 'logs go back to OFF in 30 min' }).waitFor();
  await axe(page, 'footer');
  await picture(page, 'running');
  await running.getByRole('button', { name: 'Now' }).press('Enter');
  const over = page.getByTestId('reverted');
  await over.filter({ hasText: 'The logs of prod are back at OFF.' }).waitFor();
  await picture(page, 'over');
  await over.getByRole('button', { name: 'Close this line' }).press('Enter');
  await over.waitFor({ state: 'detached' });
  assert.deepEqual(errors, []);
  await close();
});

for (const dark of [false, true])
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ])
    test(`the sheet fits ${width}×${height}, ${dark ? 'dark' : 'light'}`, async () => {
      const { page, close } = await openPage(host.address, { width, height, dark });
      await ready(page);
      await page.keyboard.press('ControlOrMeta+3');
      await page.getByRole('tab', { name: /^Logs/ }).click();
      await picture(page, `stages-${dark ? 'dark' : 'light'}-${width}`);
      await page.getByRole('button', { name: 'Turn on logs…' }).click();
      const sheet = page.getByTestId('turn-on-logs');
      await sheet.getByTestId('rests-on').filter({ hasText: 'list price' }).waitFor();
      const wide = await sheet.evaluate((e) => e.scrollWidth > e.clientWidth);
      assert.ok(!wide, 'nothing is cut off at the right');
      await axe(page, '[data-testid=turn-on-logs]');
      await picture(page, `sheet-${dark ? 'dark' : 'light'}-${width}`);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await close();
    });
