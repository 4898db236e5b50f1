// A screenshot of every screen and state, light and dark, in two sizes, for people to look at.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  at,
  closeBrowser,
  connectTo,
  openPage,
  ready,
  sandboxInUse,
  send,
  startGallery,
  startHost,
} from '../support.mjs';

after(closeBrowser);
const out = fileURLToPath(new URL('../out/', import.meta.url));
mkdirSync(out, { recursive: true });

for (const dark of [false, true]) {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ]) {
    describe(`${dark ? 'dark' : 'light'} at ${width}×${height}`, () => {
      it('every screen and state', async () => {
        const host = await startHost('--no-logging');
        const { page, close, errors } = await openPage(host.address, {
          width,
          height,
          dark,
        });
        let taken = 0;
        const shot = async (name) => {
          await page.evaluate(() => document.fonts.ready);
          await page.screenshot({
            path: `${out}${name}-${dark ? 'dark' : 'light'}-${width}.png`,
          });
          taken += 1;
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
          assert.ok(!wide, `${name} is wider than the window`);
        };
        try {
          await ready(page);
          await shot('first-start');
          await connectTo(page);
          await shot('logs-off');
          await page.keyboard.press('l');
          await at.rows(page, 'marker').waitFor();
          await shot('logs-on');
          await page.keyboard.press('ControlOrMeta+Enter');
          await at.certain(page, 'mock-status-missing').waitFor();
          await at.lines(page).first().waitFor();
          await shot('connect-500');
          await page.keyboard.press('ControlOrMeta+k');
          await page.getByTestId('palette').waitFor();
          await page.keyboard.type('con');
          await shot('palette');
          await page.keyboard.press('Escape');
          await page.getByTestId('palette').waitFor({ state: 'detached' });
          await page.keyboard.press('?');
          await page.getByTestId('shortcuts').waitFor();
          await shot('shortcuts');
          await page.keyboard.press('Escape');
          await page.getByTestId('shortcuts').waitFor({ state: 'detached' });
          await page.keyboard.press('ControlOrMeta+2');
          await page.getByRole('tabpanel').waitFor();
          await shot('routes');
          await page.keyboard.press('ControlOrMeta+3');
          await page.getByTestId('stage').first().waitFor();
          await shot('stages');
          const go = (name) => page.getByRole('navigation').getByRole('button', { name }).first().click();
          await page.getByRole('tab', { name: 'Limits and routes' }).click();
          await shot('stage-limits');
          await go('Integrations');
          await page.getByRole('grid', { name: 'Integrations' }).getByText('joinroom').click();
          await page.getByTestId('template-result').getByText('statusCode').waitFor();
          await shot('integrations');
          await go('Doctor');
          await page.getByTestId('finding').waitFor();
          await shot('doctor');
          await go('Models');
          await page.getByRole('button', { name: 'New model', exact: true }).click();
          await page.getByText('no route').first().waitFor();
          await shot('models');
          await page.getByRole('button', { name: 'Discard', exact: true }).click();
          await go('Authorizers');
          await page.getByTestId('matrix').waitFor();
          await shot('authorizers');
          await go('Access');
          await page.getByRole('button', { name: /^Require a key on/ }).click();
          await page.getByTestId('usage-plan').first().waitFor();
          await shot('access');
          await go('VPC links');
          await page.getByRole('button', { name: 'New link' }).waitFor();
          await shot('links');
          await go('APIs');
          await page.getByRole('button', { name: /^New API/ }).click();
          await page.getByRole('radio', { name: /^Chat/ }).waitFor();
          await shot('apis');
          await page.getByRole('button', { name: 'Discard', exact: true }).click();
          await go('Connect');
          await page.keyboard.press('f');
          await at
            .review(page)
            .getByRole('button', { name: /^Apply and deploy/ })
            .waitFor();
          await shot('review');
          await page.keyboard.press('ControlOrMeta+Enter');
          await at.rows(page, 'attempt').filter({ hasText: '101 connected' }).waitFor();
          await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
          await send(page, '{"action":"joinroom","roomname":"developers"}');
          await send(page, 'hello, is this thing on?');
          await page.getByRole('button', { name: 'Ping' }).click();
          await at.rows(page, 'ping').waitFor();
          await send(page, '{"action":"sendmessage","message":"hello!!!!"}');
          await at
            .rows(page, 'sent')
            .last()
            .and(page.locator('[data-link=exact], [data-link=likely]'))
            .waitFor();
          await at.lines(page).first().waitFor();
          await shot('connected');
          await go('Routes');
          await page.locator('[data-route=joinroom]').click();
          await page.getByRole('tab', { name: /Request template/ }).click();
          await page.getByTestId('template-result').getByText('developers').waitFor();
          await shot('template');
          await page.keyboard.press('ControlOrMeta+0');
          await page.getByTestId('book-row').nth(3).waitFor();
          await shot('logs');
          await page.keyboard.press('e');
          await page.getByTestId('logged-verdict').waitFor();
          await shot('logs-request');
          await page.keyboard.press('g');
          await page.keyboard.press('n');
          await page.getByTestId('book-row').last().click();
          await page.getByTestId('life-event').first().waitFor();
          await shot('connection');
          await page.keyboard.press('i');
          await page.getByTestId('ready-query').first().waitFor();
          await page.getByRole('button', { name: 'Run', exact: true }).click();
          await page.getByTestId('query-cost').waitFor();
          await shot('insights');
          await go('Domains');
          await page.getByText('No custom domain yet.').waitFor();
          await shot('domains-none');
          await page
            .getByRole('main')
            .getByRole('button', { name: /^New domain/ })
            .first()
            .click();
          await page.getByRole('combobox', { name: 'Domain name' }).fill('api-ws.example.com');
          await page.getByRole('textbox', { name: 'Mapping key' }).fill('chat');
          await shot('domain-form');
          await page.getByRole('button', { name: 'Begin' }).click();
          await page.getByRole('button', { name: /^Request the certificate/ }).waitFor();
          await shot('domain-wizard');
          await page.getByRole('button', { name: /^Run all/ }).click();
          await page.getByRole('button', { name: 'Connect with it' }).waitFor({ timeout: 90_000 });
          await shot('domain-answers');
          await page.getByRole('button', { name: 'All domains' }).click();
          await page.getByTestId('domain').first().waitFor();
          await page.getByTestId('mapping').first().waitFor();
          await shot('domains');
          await go('Deployments');
          await page.getByText('What it changed').first().waitFor();
          await shot('deployments');
          await go('History');
          await page.getByText('give $connect a status code').first().waitFor();
          await shot('history');
          await go('AWS calls');
          await page.getByTestId('call').first().waitFor();
          await shot('calls');
          await page.keyboard.press('ControlOrMeta+4');
          await page.getByTestId('client').waitFor();
          await shot('sandbox');
          await sandboxInUse(page);
          await shot('sandbox-in-use');
          await startGallery(page);
          await shot('gallery');
          await page.getByRole('button', { name: 'Try it: lambda-permission-missing' }).click();
          await at.certain(page, 'lambda-permission-missing').waitFor();
          await at.lines(page).first().waitFor();
          await shot('gallery-tried');
          assert.equal(taken, 35);
          assert.deepEqual(errors, []);
        } finally {
          await close();
          host.stop();
        }
      });
    });
  }
}
