// The Sandbox screen: reaching it from outside, making it fail on purpose, its time, its functions, and starting over.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { at, connected, fixAndConnect, perTest, ready, startGallery, within } from '../support.mjs';

const begin = perTest();

/** The Sandbox screen, when what it shows is there. */
async function screen(page) {
  await page.getByRole('navigation').waitFor();
  await page.keyboard.press('ControlOrMeta+4');
  await page.getByTestId('section-faults').waitFor();
}

const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Whether something listens there. */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });

describe('the sandbox', () => {
  it('gives its endpoint to other programs within 2 actions', async () => {
    const { page, user } = await begin();
    await ready(page);
    await page.keyboard.press('ControlOrMeta+4');
    await page.getByRole('spinbutton', { name: 'Port' }).fill('0');
    await page.keyboard.press('ControlOrMeta+1');
    await ready(page);
    await user.key('ControlOrMeta+4');
    await user.click('button', 'Open port, copy endpoint');
    await page.getByRole('button', { name: 'Close the port' }).waitFor();
    within('copy the endpoint', user, 2);
    const [, port] = /^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:(\d+)$/.exec(await copied(page)) ?? [];
    assert.ok(port, await copied(page));
    assert.ok(await answers(Number(port)));
    await page.getByRole('button', { name: /^Copy wscat command/ }).click();
    assert.equal(await copied(page), `wscat -c ws://127.0.0.1:${port}/chat5gw1ws/prod`);
    await page.getByRole('button', { name: 'Close the port' }).click();
    await page.getByRole('button', { name: 'Open port, copy endpoint' }).waitFor();
    assert.ok(!(await answers(Number(port))));
  });

  it('says which port is taken, and what to do', async () => {
    const { page, host, errors } = await begin({ args: ['--listen'] });
    const taken = /sandbox http:\/\/127\.0\.0\.1:(\d+)/.exec(host.said.join('\n'))?.[1];
    await screen(page);
    await page.getByRole('spinbutton', { name: 'Port' }).fill(taken);
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(
      await alert.textContent(),
      new RegExp(`port ${taken} is already in use.*Choose another port`),
    );
    // The browser notes a refused call; here that is what was wanted.
    errors.length = 0;
  });

  it('fails on purpose, and that is seen, within 4 actions', async () => {
    const { page, user } = await begin();
    await fixAndConnect(page);
    await page.keyboard.press('ControlOrMeta+d');
    await at.rows(page, 'closed').waitFor();
    await user.key('ControlOrMeta+4');
    await user.click('radio', '429');
    await page
      .getByTestId('fault')
      .filter({ hasText: '$connect' })
      .filter({ hasText: 'answers 429' })
      .waitFor();
    await user.key('ControlOrMeta+Enter');
    await at.rows(page, 'attempt').last().filter({ hasText: 'refused 429' }).waitFor();
    user.read();
    within('add a fault and see it', user, 4);
    await page.getByRole('button', { name: '1 route made to fail', exact: true }).click();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByTestId('faults-on').waitFor({ state: 'detached' });
    await page.keyboard.press('ControlOrMeta+Enter');
    await at.rows(page, 'attempt').last().filter({ hasText: '101 connected' }).waitFor();
  });

  it('skips ten idle minutes', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await screen(page);
    await page.getByTestId('client').filter({ hasText: 'my-chat-app-gw-1' }).waitFor();
    await page.getByRole('button', { name: 'Skip 10 minutes' }).click();
    await page.getByTestId('client').waitFor({ state: 'detached' });
    await page.getByText('10 min 0 s ahead of yours').waitFor();
    await page.keyboard.press('ControlOrMeta+1');
    await at.rows(page, 'closed').filter({ hasText: '1001' }).waitFor();
  });

  it('changes what a function answers, by keyboard alone', async () => {
    const { page } = await begin();
    await screen(page);
    await page.getByRole('button', { name: 'New function' }).focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('function-form').waitFor();
    await page.keyboard.type('greet');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('{"statusCode": 201');
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled(), 'that is no JSON yet');
    await page.keyboard.type('}');
    await page.keyboard.press('ControlOrMeta+Enter');
    const row = page.locator('[data-testid=function][data-function=greet]');
    await row.filter({ hasText: 'answers {"statusCode": 201}' }).waitFor();
    await row.getByRole('button', { name: 'greet', exact: true }).press('Enter');
    await page.getByTestId('function-form').getByRole('button', { name: 'Delete' }).press('Enter');
    await row.waitFor({ state: 'detached' });
  });

  it('shows how a cause of the gallery breaks within 2 actions', async () => {
    const { page, user } = await begin();
    await screen(page);
    const section = page.getByTestId('section-gallery');
    await section.getByRole('button', { name: 'Start over with it…' }).click();
    const sheet = page.getByTestId('start-over');
    assert.ok(await sheet.getByRole('radio', { name: 'One for each cause' }).isChecked());
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await startGallery(page);
    await user.click('button', 'Try it: lambda-permission-missing');
    await at.certain(page, 'lambda-permission-missing').waitFor();
    user.read();
    within('see a cause of the gallery', user, 2);
    await page.getByRole('button', { name: 'API: lambda-permission-missing' }).waitFor();

    // The same by keyboard, of one that wants a header, and two refusals later.
    await page.keyboard.press('ControlOrMeta+4');
    await page.keyboard.press('/');
    await page.keyboard.type('authorizer-den');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await at.certain(page, 'authorizer-denied').waitFor();
    await page.getByRole('button', { name: 'Headers 1' }).waitFor();
    await page.getByTestId('exhibit-note').getByRole('button', { name: 'Try it again' }).click();
    await at.rows(page, 'attempt').nth(1).filter({ hasText: 'refused 403' }).waitFor();
    await page.getByTestId('exhibit-note').getByRole('button', { name: 'All of the gallery' }).click();
    await page.getByRole('button', { name: 'Try it: authorizer-denied' }).waitFor();
    assert.equal(await page.getByTestId('exhibit').count(), 1, 'the filter is still there');
  });

  it('brings a message of the gallery to the composer, and takes its headers back', async () => {
    const { page } = await begin({ args: ['--seed', 'gallery'] });
    await page.getByRole('navigation').waitFor();
    const attempt = async (cause) => {
      await screen(page);
      await page.getByRole('button', { name: `Try it: ${cause}`, exact: true }).click();
    };
    await attempt('api-key-not-in-plan');
    await at.verdict(page, 'api-key-not-in-plan').waitFor();
    await page.getByRole('button', { name: 'Headers 1' }).waitFor();
    await attempt('route-not-found');
    await connected(page);
    await page.keyboard.press('ControlOrMeta+Enter');
    await at.verdict(page, 'route-not-found').waitFor();
    await attempt('throttled');
    await at.rows(page, 'attempt').nth(1).filter({ hasText: 'refused 429' }).waitFor();
    await page.getByRole('button', { name: /^API:/ }).click();
    await page.getByRole('combobox', { name: 'Find API' }).fill('my-chat');
    await page.keyboard.press('Enter');
    await ready(page);
    await page.getByRole('button', { name: 'Headers 0' }).waitFor();
    assert.equal(await page.getByTestId('exhibit-note').count(), 0);
  });

  it('starts over only when told twice', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await screen(page);
    await page.getByRole('button', { name: 'Start over…' }).first().click();
    const sheet = page.getByTestId('start-over');
    await sheet.getByText('1 connection is closed.').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    assert.equal(await page.getByTestId('client').count(), 1, 'nothing was forgotten');
    await page.getByRole('button', { name: 'Start over…' }).first().click();
    await sheet.getByRole('radio', { name: 'Nothing' }).click();
    await sheet.getByRole('button', { name: 'Forget all and start over' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByText('No API has a stage that could fail.').waitFor();
    await page.keyboard.press('ControlOrMeta+1');
    await page.getByRole('button', { name: 'Open the sandbox' }).click();
    await page.getByTestId('section-faults').waitFor();
  });
});
