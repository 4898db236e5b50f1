// What goes wrong must be said: late logs, a wrong address, a profile without credentials, hostile text.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { at, connectTo, fixAndConnect, openPage, perTest, ready, send, startHostWith } from '../support.mjs';

const begin = perTest({ mayComplain: true });

describe('trouble', () => {
  it('logs that come late: the row counts the seconds, the verdict says so, then the cause takes its place', async () => {
    const { page } = await begin({ args: ['--log-delay', '4'] });
    await ready(page);
    await page.keyboard.press('Enter');
    const waiting = page.locator('[data-testid=row][data-link=waiting]');
    await waiting.waitFor();
    assert.match(await waiting.textContent(), /\d+ s/);
    assert.ok(await waiting.getByRole('button', { name: 'Read now' }).isVisible());
    await at.verdict(page, 'mock-status-missing').waitFor();
    await page.locator('[data-testid=row][data-link=exact]').waitFor();
  });

  it('an address where nobody is: the attempt fails with the phase and the words, and the window goes on', async () => {
    const { page } = await begin();
    await ready(page);
    await page.getByRole('textbox', { name: 'Address' }).fill('ws://127.0.0.1:9/prod');
    await page.keyboard.press('Enter');
    const failed = page.locator('[data-testid=row][data-kind=attempt][data-outcome=failed]');
    await failed.waitFor();
    await at.details(page).getByText('No answer').waitFor();
    await page
      .getByRole('button', { name: /^Connect again/ })
      .first()
      .waitFor();
  });

  it('text that steers or scripts is shown, not obeyed', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await send(page, '<img src=x onerror="document.title=1"><b>bold</b>\u202eevil');
    const row = at.rows(page, 'sent').last();
    assert.match(await row.textContent(), /<img src=x/);
    assert.match(await row.textContent(), /⟨U\+202E⟩/);
    assert.equal(await page.locator('.timeline img, .timeline b').count(), 0);
    assert.equal(await page.title(), 'Gatescope');
  });

  it('disconnecting leaves a row that says so, and the composer closes', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await page
      .getByRole('button', {
        name: /^Disconnect Ctrl|^Disconnect ⌘|^Disconnect$/,
      })
      .click();
    await at.rows(page, 'closed').waitFor();
    await at.composer(page).filter({ hasText: 'Composer opens when connected' }).waitFor();
    await connectAgain(page);
  });

  it('a profile whose sign-in has expired says so with its remedy; the sandbox stays a click away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatescope-'));
    const config = join(folder, 'config');
    writeFileSync(
      config,
      '[profile chat-dev]\nregion = eu-central-1\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n' +
        '[sso-session corp]\nsso_start_url = https://corp.example.com/start\nsso_region = eu-central-1\n',
    );
    try {
      const { page } = await begin({ env: { AWS_CONFIG_FILE: config, HOME: folder } });
      await ready(page);
      await page.getByRole('button', { name: 'Open chat-dev' }).click();
      await page.getByRole('button', { name: 'Region: eu-central-1' }).waitFor();
      const main = page.getByRole('main');
      await main.getByRole('button', { name: /aws sso login --profile chat-dev/ }).click();
      assert.equal(
        await page.evaluate(() => navigator.clipboard.readText()),
        'aws sso login --profile chat-dev',
      );
      await main.getByRole('button', { name: 'Retry' }).waitFor();
      await page.getByRole('button', { name: /^Account/ }).click();
      await page.getByRole('option', { name: /Sandbox/ }).click();
      await ready(page);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('the page keeps sizes and places, and nothing that came from outside', async () => {
    const { page } = await begin();
    await connectTo(page, 'mock-status-missing');
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    assert.ok(!/wss?:|token|x-amz|EP5|arn:/.test(kept), kept);
  });
});

async function connectAgain(page) {
  await page
    .getByRole('button', { name: /^Connect again/ })
    .first()
    .click();
  await at.rows(page, 'attempt').filter({ hasText: '101 connected' }).nth(1).waitFor();
}
