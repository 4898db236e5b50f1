// axe on every screen and state, light and dark: WCAG 2.1 A and AA, and that everything has its landmark and name.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  at,
  axeSource,
  closeBrowser,
  connectTo,
  fixAndConnect,
  openPage,
  ready,
  sandboxInUse,
  send,
  startGallery,
  startHost,
} from '../support.mjs';

after(closeBrowser);

async function check(page, state) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    }),
  );
  const said = violations.map(
    (v) =>
      `${v.id} (${v.impact}): ${v.help}\n  ${v.nodes.map((n) => `${n.target} ${n.html.slice(0, 160)} ${n.any.concat(n.all)[0]?.message ?? ''}`).join('\n  ')}`,
  );
  assert.equal(said.length, 0, `${state}:\n${said.join('\n')}`);
}

for (const dark of [false, true]) {
  describe(dark ? 'in dark' : 'in light', () => {
    it('first start, refused, review, palette, shortcuts, connected, routes, stages and the pickers pass axe', async () => {
      const host = await startHost();
      const { page, close } = await openPage(host.address, { dark });
      try {
        await ready(page);
        await check(page, 'first start');
        await connectTo(page, 'mock-status-missing');
        await at.lines(page).first().waitFor();
        await check(page, 'refused');
        await page.keyboard.press('f');
        await at
          .review(page)
          .getByRole('button', { name: /^Apply and deploy/ })
          .waitFor();
        await check(page, 'review');
        await page.keyboard.press('Escape');
        await at.review(page).waitFor({ state: 'detached' });
        await page.keyboard.press('ControlOrMeta+k');
        await page.getByTestId('palette').waitFor();
        await check(page, 'palette');
        await page.keyboard.press('Escape');
        await page.getByTestId('palette').waitFor({ state: 'detached' });
        await page.keyboard.press('?');
        await page.getByTestId('shortcuts').waitFor();
        await check(page, 'shortcuts');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: /^Region/ }).click();
        await page.getByRole('listbox', { name: 'Region' }).waitFor();
        await check(page, 'region picker');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Headers' }).click();
        await page.getByRole('button', { name: 'Add header' }).click();
        await check(page, 'header editor');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Identity' }).click();
        await check(page, 'identity');
        await page.keyboard.press('Escape');
        await page.keyboard.press('ControlOrMeta+2');
        await page.getByTestId('route').first().waitFor();
        await check(page, 'routes');
        await page.keyboard.press('ControlOrMeta+3');
        await page.getByTestId('stage').first().waitFor();
        await check(page, 'stages');
      } finally {
        await close();
        host.stop();
      }
    });

    it('edits, their list, their review, the way of a route and the integrations pass axe', async () => {
      const host = await startHost();
      const { page, close } = await openPage(host.address, { dark });
      const draft = page.getByTestId('draft');
      const station = (name) => page.getByRole('tab', { name }).click();
      try {
        await ready(page);
        await page.keyboard.press('ControlOrMeta+2');
        await page.locator('[data-testid=route][data-route=joinroom]').click();
        await station(/Request template/);
        await page
          .getByRole('textbox', { name: 'Template $default', exact: true })
          .fill('{"statusCode": 201}');
        await draft.waitFor();
        await check(page, 'a template that is edited');
        await station(/Integration/);
        await page.getByRole('spinbutton', { name: 'Timeout' }).fill('5000');
        await draft.getByText('2 edits').waitFor();
        await check(page, 'an integration that is edited');
        await station(/Response/);
        await page.getByRole('list', { name: 'Statuses and the keys that take them' }).waitFor();
        await check(page, 'the responses');
        await page.locator('[data-testid=route][data-route=sendmessage]').click();
        await page.keyboard.press('Space');
        await page.keyboard.press('Delete');
        await page.locator('[data-route=sendmessage]').getByText('deleted').waitFor();
        await page.locator('[data-testid=route][data-route="$connect"]').click();
        await page.keyboard.press('Shift+ArrowDown');
        await station(/^Route/);
        await check(page, 'routes that are ticked, and one that goes');
        await draft.getByRole('button').first().click();
        await page.getByRole('dialog', { name: 'Edits' }).waitFor();
        await check(page, 'the list of edits');
        await page.keyboard.press('Escape');
        await page.keyboard.press('ControlOrMeta+s');
        await at
          .review(page)
          .getByRole('button', { name: /^Apply and deploy/ })
          .waitFor();
        await check(page, 'the review of edits');
        await page.keyboard.press('Escape');
        await page.keyboard.press('ControlOrMeta+5');
        await page.getByTestId('integration').first().waitFor();
        await check(page, 'integrations');
      } finally {
        await close();
        host.stop();
      }
    });

    it('connected with messages passes axe', async () => {
      const host = await startHost();
      const { page, close } = await openPage(host.address, { dark });
      try {
        await fixAndConnect(page);
        await send(page, '{"action":"joinroom","roomname":"developers"}');
        await at.lines(page).first().waitFor();
        await check(page, 'connected');
      } finally {
        await close();
        host.stop();
      }
    });

    it('the sandbox passes axe, at rest, in use and when it is to start over', async () => {
      const host = await startHost();
      const { page, close } = await openPage(host.address, { dark });
      try {
        await fixAndConnect(page);
        await page.keyboard.press('ControlOrMeta+4');
        await page.getByTestId('client').waitFor();
        await check(page, 'the sandbox');
        await sandboxInUse(page);
        await check(page, 'the sandbox in use');
        await page.getByRole('button', { name: 'Start over…' }).first().click();
        await page.getByTestId('start-over').waitFor();
        await check(page, 'start over');
        await page.keyboard.press('Escape');
        await page.getByTestId('start-over').waitFor({ state: 'detached' });
        await startGallery(page);
        await check(page, 'the gallery');
        await page.getByRole('button', { name: 'Try it: lambda-permission-missing' }).click();
        await at.certain(page, 'lambda-permission-missing').waitFor();
        await check(page, 'an exhibit that was tried');
      } finally {
        await close();
        host.stop();
      }
    });

    it('logs that are off pass axe, before and after they are turned on', async () => {
      const host = await startHost('--no-logging');
      const { page, close } = await openPage(host.address, { dark });
      try {
        await connectTo(page);
        await check(page, 'logs off');
        await page.keyboard.press('l');
        await at.rows(page, 'marker').waitFor();
        await check(page, 'logs on');
      } finally {
        await close();
        host.stop();
      }
    });
  });
}
