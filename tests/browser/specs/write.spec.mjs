// Writing with help: templates that complete and answer while one types, models from messages, and the door.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, axe, fixAndConnect, perTest, ready, send, User, within } from '../support.mjs';

const begin = perTest();

/** Types a text where the focus is. Brackets close themselves, so a text that closes them is typed over them. */
const type = (page, text) => page.keyboard.type(text, { delay: 5 });
const editor = (page, name) => page.getByRole('textbox', { name, exact: true });
/** The whole text of an editor, also what is not drawn. */
const clear = async (page, name) => {
  await editor(page, name).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
};

/** Connects, and sends two messages that a model can be made from. */
async function talk(page) {
  await fixAndConnect(page);
  await send(page, '{"action":"sendmessage","message":"hello!!!!"}');
  await send(page, '{"action":"sendmessage","message":"again","room":"developers"}');
}

/** Reviews the draft and has it carried out. */
async function apply(page) {
  await page.keyboard.press('ControlOrMeta+s');
  await at
    .review(page)
    .getByRole('button', { name: /^Apply/ })
    .first()
    .and(page.locator(':enabled'))
    .waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await at.review(page).waitFor({ state: 'detached' });
}

describe('templates', () => {
  /** The request template of joinroom, open. */
  async function template(page) {
    await page.keyboard.press('ControlOrMeta+2');
    await page.getByTestId('route').filter({ hasText: 'joinroom' }).click();
    await page.getByRole('tab', { name: /^Request template/ }).click();
    await editor(page, 'Template $default').waitFor();
  }
  const result = (page) => page.getByTestId('template-result');

  it('$context.co offers connectionId with what it gives, and what is written is tried on the message that was sent', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await send(page, '{"action":"joinroom","roomname":"developers"}');
    await template(page);
    await page.getByText('1 captured').waitFor();
    await clear(page, 'Template $default');
    await type(page, '{"statusCode": 200, "room": $input.json(\'$.roomname\'), "id": "$context.co');
    const words = page.getByRole('listbox', { name: 'Completions' });
    await words.waitFor();
    const first = words.getByRole('option').first();
    assert.match(await first.textContent(), /^\$context\.connectionId.*connection/);
    await axe(page, 'words are offered');
    await page.keyboard.press('Enter');
    await words.waitFor({ state: 'detached' });
    await result(page).getByText('"developers"').waitFor();
    assert.match(await editor(page, 'Template $default').textContent(), /"id": "\$context\.connectionId"\}$/);
    await axe(page, 'a template that was tried');
    // Tab leaves the field, and the app's own chords reach the app from inside it.
    await editor(page, 'Template $default').click();
    await page.keyboard.press('Tab');
    assert.notEqual(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Template $default',
    );
    await editor(page, 'Template $default').click();
    await page.getByTestId('draft').waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await at.review(page).waitFor();
  });

  it('an error stands at its place while one types, and goes with it', async () => {
    const { page } = await begin({ dark: true });
    await ready(page);
    await template(page);
    await clear(page, 'Template $default');
    await type(page, '{"statusCode": 200,\n"x": $input.jsn(\'$\')');
    const place = page
      .getByRole('list', { name: 'Problems of Template $default' })
      .getByRole('button')
      .first();
    await place.waitFor();
    assert.match(await place.textContent(), /^line 2, column \d+$/);
    await page.locator('.cm-lintRange').first().waitFor();
    await axe(page, 'a template with a problem');
    await clear(page, 'Template $default');
    await type(page, '{"statusCode": 200');
    await result(page).getByText('"statusCode"', { exact: true }).waitFor();
    await place.waitFor({ state: 'detached' });
  });
});

describe('models', () => {
  it('a schema that is wrong is marked at its place, and the message is not judged', async () => {
    const { page } = await begin({ dark: true });
    await ready(page);
    await page.keyboard.press('ControlOrMeta+6');
    await page.getByRole('button', { name: 'New model' }).click();
    await clear(page, 'Schema');
    await type(page, '{\n"type": "object",\n"required": "message"');
    const place = page.getByRole('list', { name: 'Problems of Schema' }).getByRole('button').first();
    await place.waitFor();
    assert.match(await place.textContent(), /^line 3, column \d+$/);
    await page.locator('.cm-lintRange-error').first().waitFor();
    await place.click();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Schema');
    await axe(page, 'a schema with a problem');
  });

  it('two messages make a model that accepts them; attached, applied and deployed, a message without its member is refused', async () => {
    const { page } = await begin();
    await talk(page);
    await page.keyboard.press('ControlOrMeta+6');
    const user = new User(page);
    await user.click('button', 'New model from them');
    await user.click('button', 'Attach to sendmessage');
    const verdict = page.getByTestId('model-verdict');
    await editor(page, 'Message').click();
    await type(page, '{"action": "sendmessage", "message": "x"');
    await verdict.getByText('Accepted').waitFor();
    await clear(page, 'Message');
    await type(page, '{"action": "sendmessage"');
    await verdict.getByText('Refused').waitFor();
    assert.match(await verdict.textContent(), /message/);
    await axe(page, 'a model');
    within('a model from messages, attached', user, 2);
    await apply(page);
    await page.keyboard.press('ControlOrMeta+1');
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('{"action":"sendmessage"}');
    await page.keyboard.press('ControlOrMeta+Enter');
    await at.certain(page, 'model-validation-failed').waitFor();
  });
});

describe('the door', () => {
  /** An authorizer with the sandbox's function that knows `secret-token`, on `$connect`, deployed. */
  async function guarded(page) {
    await fixAndConnect(page);
    await page.keyboard.press('ControlOrMeta+7');
    const user = new User(page);
    await user.click('button', 'New authorizer for $connect');
    const choice = page.getByRole('combobox', { name: 'Function' });
    await choice
      .getByRole('option', { name: /authorizer/ })
      .first()
      .waitFor({ state: 'attached' });
    const value = await choice
      .getByRole('option', { name: /authorizer/ })
      .first()
      .getAttribute('value');
    user.actions.push('choose the function');
    await choice.selectOption(value);
    await page.getByTestId('permission').getByText('for this authorizer alone').waitFor();
    return user;
  }

  it('an authorizer is made, tested both ways before it is applied, and then the matrix proves 401 and 101 in one action', async () => {
    const { page } = await begin();
    const user = await guarded(page);
    await axe(page, 'a new authorizer');
    await apply(page);
    const field = page.getByRole('textbox', { name: /authorization for the test/ });
    const verdict = page.getByTestId('authorizer-verdict');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await verdict.and(page.locator('[data-status="401"]')).waitFor();
    await field.fill('secret-token');
    await page.keyboard.press('Enter');
    await verdict.and(page.locator('[data-status="101"]')).waitFor();
    await axe(page, 'an authorizer that was tested');
    within('make an authorizer and attach it', user, 2);

    const prove = new User(page);
    await page.evaluate(() => document.activeElement?.blur());
    await prove.key('t');
    const row = (id) => page.locator(`[data-testid=matrix-row][data-row=${id}]`);
    await row('none').and(page.locator('[data-status="401"]')).waitFor();
    await row('header').and(page.locator('[data-status="101"]')).waitFor();
    await row('signed').and(page.locator('[data-status]')).waitFor();
    within('prove who gets in', prove, 1);
    await axe(page, 'the matrix');
  });

  it('with an authorizer and a key, one key press proves 401, 403 and 101, in the dark too', async () => {
    const { page } = await begin({ dark: true });
    let runs = 0;
    page.on('websocket', (socket) => (runs += Number(socket.url().includes('/open_matrix'))));
    await guarded(page);
    await apply(page);
    await page.keyboard.press('ControlOrMeta+8');
    await page.getByRole('button', { name: /^Require a key on \$connect of prod/ }).click();
    await page.getByTestId('usage-plan').first().waitFor();
    await apply(page);
    await page.keyboard.press('ControlOrMeta+7');
    // The value is typed once.
    await page.keyboard.press('t');
    const field = page.getByRole('textbox', { name: /authorization for the door/ });
    await field.and(page.locator(':focus')).waitFor();
    await type(page, 'secret-token');
    await page.keyboard.press('Enter');
    const status = (id, code) =>
      page.locator(`[data-testid=matrix-row][data-row=${id}][data-status="${code}"]`).waitFor();
    await status('both', 101);
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    await page.keyboard.press('ControlOrMeta+1');
    const prove = new User(page);
    await page.evaluate(() => document.activeElement?.blur());
    await prove.key('t');
    await status('none', 401);
    await status('header', 403);
    await status('key', 401);
    await status('both', 101);
    assert.equal(runs, 2, 'these are the answers of the second run');
    within('prove 401, 403 and 101', prove, 1);
    const secret = await page.evaluate(() => document.body.innerHTML.includes('{{apiKey'));
    assert.ok(!secret, 'what stands for the key is for Rust, not for the page');
    await axe(page, 'the matrix in the dark');
  });

  it('the policy matcher says which statement can never match', async () => {
    const { page } = await begin();
    await guarded(page);
    await page.getByRole('tab', { name: 'Policy matcher' }).click();
    await page.evaluate(() =>
      navigator.clipboard.writeText(
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'execute-api:Invoke',
              Resource: 'arn:aws:execute-api:us-east-1:123456789012:chat5gw1ws/prod/*/*',
            },
          ],
        }),
      ),
    );
    await page.getByRole('textbox', { name: /^Policy/ }).click();
    await page.keyboard.press('ControlOrMeta+v');
    const verdict = page.getByTestId('policy-verdict');
    await verdict.getByText('Does not allow it.').waitFor();
    assert.ok((await verdict.getByRole('listitem').count()) >= 1);
    await axe(page, 'a policy');
  });
});
