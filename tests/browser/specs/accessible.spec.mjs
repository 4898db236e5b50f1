// axe on every screen and state, light and dark: WCAG 2.1 A and AA, and that everything has its landmark and name.
import { describe, it } from 'node:test';
import {
  at,
  axe,
  connectTo,
  fixAndConnect,
  perTest,
  ready,
  sandboxInUse,
  send,
  startGallery,
} from '../support.mjs';

const begin = perTest();

for (const dark of [false, true]) {
  describe(dark ? 'in dark' : 'in light', () => {
    it('first start, refused, review, palette, shortcuts, connected, routes, stages and the pickers pass axe', async () => {
      const { page } = await begin({ dark });
      await ready(page);
      await axe(page, 'first start');
      await connectTo(page, 'mock-status-missing');
      await at.lines(page).first().waitFor();
      await axe(page, 'refused');
      await page.keyboard.press('f');
      await at
        .review(page)
        .getByRole('button', { name: /^Apply and deploy/ })
        .waitFor();
      await axe(page, 'review');
      await page.keyboard.press('Escape');
      await at.review(page).waitFor({ state: 'detached' });
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByTestId('palette').waitFor();
      await axe(page, 'palette');
      await page.keyboard.press('Escape');
      await page.getByTestId('palette').waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.getByTestId('shortcuts').waitFor();
      await axe(page, 'shortcuts');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Region/ }).click();
      await page.getByRole('listbox', { name: 'Region' }).waitFor();
      await axe(page, 'region picker');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.getByRole('button', { name: 'Add header' }).click();
      await axe(page, 'header editor');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Identity' }).click();
      await axe(page, 'identity');
      await page.keyboard.press('Escape');
      await page.keyboard.press('ControlOrMeta+2');
      await page.getByTestId('route').first().waitFor();
      await axe(page, 'routes');
      await page.keyboard.press('ControlOrMeta+3');
      await page.getByTestId('stage').first().waitFor();
      await axe(page, 'stages');
    });

    it('edits, their list, their review, the way of a route and the integrations pass axe', async () => {
      const { page } = await begin({ dark });
      const draft = page.getByTestId('draft');
      const station = (name) => page.getByRole('tab', { name }).click();
      await ready(page);
      await page.keyboard.press('ControlOrMeta+2');
      await page.locator('[data-testid=route][data-route=joinroom]').click();
      await station(/Request template/);
      await page.getByRole('textbox', { name: 'Template $default', exact: true }).fill('{"statusCode": 201}');
      await draft.waitFor();
      await axe(page, 'a template that is edited');
      await station(/Integration/);
      await page.getByRole('spinbutton', { name: 'Timeout' }).fill('5000');
      await draft.getByText('2 edits').waitFor();
      await axe(page, 'an integration that is edited');
      await station(/Response/);
      await page.getByRole('list', { name: 'Statuses and the keys that take them' }).waitFor();
      await axe(page, 'the responses');
      await page.locator('[data-testid=route][data-route=sendmessage]').click();
      await page.keyboard.press('Space');
      await page.keyboard.press('Delete');
      await page.locator('[data-route=sendmessage]').getByText('deleted').waitFor();
      await page.locator('[data-testid=route][data-route="$connect"]').click();
      await page.keyboard.press('Shift+ArrowDown');
      await station(/^Route/);
      await axe(page, 'routes that are ticked, and one that goes');
      await draft.getByRole('button').first().click();
      await page.getByRole('dialog', { name: 'Edits' }).waitFor();
      await axe(page, 'the list of edits');
      await page.keyboard.press('Escape');
      await page.keyboard.press('ControlOrMeta+s');
      await at
        .review(page)
        .getByRole('button', { name: /^Apply and deploy/ })
        .waitFor();
      await axe(page, 'the review of edits');
      await page.keyboard.press('Escape');
      await page.keyboard.press('ControlOrMeta+5');
      await page.getByTestId('integration').first().waitFor();
      await axe(page, 'integrations');
    });

    it('connected with messages passes axe', async () => {
      const { page } = await begin({ dark });
      await fixAndConnect(page);
      await send(page, '{"action":"joinroom","roomname":"developers"}');
      await at.lines(page).first().waitFor();
      await axe(page, 'connected');
    });

    it('the sandbox passes axe, at rest, in use and when it is to start over', async () => {
      const { page } = await begin({ dark });
      await fixAndConnect(page);
      await page.keyboard.press('ControlOrMeta+4');
      await page.getByTestId('client').waitFor();
      await axe(page, 'the sandbox');
      await sandboxInUse(page);
      await axe(page, 'the sandbox in use');
      await page.getByRole('button', { name: 'Start over…' }).first().click();
      await page.getByTestId('start-over').waitFor();
      await axe(page, 'start over');
      await page.keyboard.press('Escape');
      await page.getByTestId('start-over').waitFor({ state: 'detached' });
      await startGallery(page);
      await axe(page, 'the gallery');
      await page.getByRole('button', { name: 'Try it: lambda-permission-missing' }).click();
      await at.certain(page, 'lambda-permission-missing').waitFor();
      await axe(page, 'an exhibit that was tried');
    });

    it('logs that are off pass axe, before and after they are turned on', async () => {
      const { page } = await begin({ args: ['--no-logging'], dark });
      await connectTo(page);
      await axe(page, 'logs off');
      await page.keyboard.press('l');
      await at.rows(page, 'marker').waitFor();
      await axe(page, 'logs on');
    });
  });
}
