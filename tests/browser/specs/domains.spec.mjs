// From nothing to a wss:// address of one's own: the budget, and the tutorials' last step whole.
import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { at, closeBrowser, fixAndConnect, openPage, startHost, User, within } from '../support.mjs';

after(closeBrowser);

let host, opened;
async function begin() {
  host = await startHost();
  opened = await openPage(host.address);
  return { page: opened.page, user: new User(opened.page) };
}
afterEach(async () => {
  const errors = opened?.errors ?? [];
  await opened?.close();
  host?.stop();
  assert.deepEqual(errors, [], 'the page complained');
});

/** ACM takes its time in the sandbox too. */
const timeout = 90_000;
const nav = (page) => page.getByRole('navigation', { name: 'Screens' });
const station = (page, id) => page.locator(`[data-testid=station][data-station=${id}]`);
const applied = async (page, name = /^Apply/) => {
  const review = at.review(page);
  await review.getByRole('button', { name }).and(page.locator('.primary:enabled')).click();
  await review.waitFor({ state: 'detached' });
};
/** Every link of the way holds, as a client goes it. */
async function verified(page, url) {
  const verify = station(page, 'verify');
  await page.getByRole('button', { name: 'Connect with it' }).waitFor({ timeout });
  await page.getByText(url, { exact: true }).first().waitFor();
  const open = verify.getByTestId('chain').filter({ hasText: 'As a client' });
  for (const link of ['resolve', 'tls', 'mapping', 'upgrade', 'message'])
    await open.locator(`[data-link=${link}][data-state=holds]`).waitFor();
}
/** The form. */
async function wanted(page, user, name, key) {
  await user.click('button', /^New domain/, page.getByRole('main'));
  await user.fill('Domain name', name, 'combobox');
  if (key !== '') await user.fill('Mapping key', key);
  await user.click('button', 'Begin');
}
/** The whole wizard from the form on. */
async function wizard(page, user, name, key) {
  await wanted(page, user, name, key);
  await user.click('button', /^Run all/);
}
const newest = (page) =>
  page.evaluate(() =>
    Math.max(-1, ...[...document.querySelectorAll('[data-testid=row]')].map((r) => Number(r.dataset.row))),
  );
async function row(page, kind, since, text) {
  await page.waitForFunction(
    ([kind, since, text]) =>
      [...document.querySelectorAll(`[data-testid=row][data-kind=${kind}]`)].some(
        (r) => Number(r.dataset.row) > since && r.textContent.includes(text),
      ),
    [kind, since, text],
  );
}
/** Connects through the wizard's address. */
async function connectWithIt(page) {
  const before = await newest(page);
  await page.getByRole('button', { name: 'Connect with it' }).click();
  await row(page, 'attempt', before, '101');
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
}
async function say(page, text) {
  const since = await newest(page);
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await page.keyboard.press('ControlOrMeta+Enter');
  await row(page, 'sent', since, '');
  return since;
}

describe('a domain of one’s own', () => {
  it('T5: from no certificate to a verified wss:// with a message answered within 8 actions', async () => {
    const { page, user } = await begin();
    await fixAndConnect(page);
    await user.click('button', 'Domains', nav(page));
    await page.getByText('No custom domain yet.').waitFor();
    await wizard(page, user, 'api-ws.example.com', 'chat');
    await verified(page, 'wss://api-ws.example.com/chat');
    user.read();
    await user.click('button', 'Send it', station(page, 'verify'));
    await station(page, 'verify').getByTestId('came-back').filter({ hasText: 'Answered' }).waitFor();
    within('T5', user, 8);
    const told = await page.getByTestId('wizard-announcement').textContent();
    assert.match(told ?? '', /The address answers/);
    await connectWithIt(page);
    const since = await say(page, '{"action":"joinroom","roomname":"developers"}');
    await row(page, 'received', since, '"joined":"developers"');
  });

  it('by keyboard alone', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await page.getByRole('textbox', { name: 'Message', exact: true }).blur();
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.getByText('No custom domain yet.').waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('api-ws.example.com');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Request the certificate/ }).waitFor();
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.locator('[data-station=certificate][data-state=done]').waitFor();
    await page.keyboard.press('Shift+A');
    await verified(page, 'wss://api-ws.example.com');
  });

  it('11: key chat, the callback bug explained and fixed, the empty key, the generated endpoint refused', async () => {
    const { page, user } = await begin();
    await fixAndConnect(page);
    // As the tutorial has it: the backend pushes to https://{domain}/{stage}.
    await page.keyboard.press('ControlOrMeta+2');
    await page.locator('[data-route=sendmessage]').click();
    await page.getByRole('tab', { name: /(^|: )Integration / }).click();
    const choose = (name, label) => page.getByRole('combobox', { name }).first().selectOption({ label });
    await choose(/Type$/, 'HTTP: through templates, over HTTP');
    await choose(/Method$/, 'POST');
    await page.getByRole('textbox', { name: /Address$/ }).fill('http://backend.sandbox:8080/sendmessage');
    await page.getByRole('tab', { name: /Request template/ }).click();
    await page.getByRole('button', { name: 'What a backend needs to push back' }).click();
    await page.getByRole('button', { name: /^Review…/ }).click();
    await applied(page, /^Apply and deploy/);

    await nav(page).getByRole('button', { name: 'Domains' }).click();
    await wizard(page, user, 'api-ws.example.com', 'chat');
    await verified(page, 'wss://api-ws.example.com/chat');
    const wrong = station(page, 'callback').getByTestId('wrong-callback').filter({ hasText: 'sendmessage' });
    await wrong.waitFor();
    assert.match((await wrong.textContent()) ?? '', /prod|stage/, 'it says what is wrong with the address');
    await connectWithIt(page);
    const lost = await say(page, '{"action":"sendmessage"}');
    await row(page, 'received', lost, 'nobody was reached');

    await nav(page).getByRole('button', { name: 'Domains' }).click();
    await station(page, 'callback').getByRole('button', { name: 'Fix…' }).click();
    await at.review(page).getByText('callbackUrl').first().waitFor();
    await applied(page, /^Apply and deploy/);
    await wrong.waitFor({ state: 'detached' });
    await connectWithIt(page);
    const since = await say(page, '{"action":"sendmessage"}');
    await row(page, 'received', since, 'hello!!!!');

    await nav(page).getByRole('button', { name: 'Domains' }).click();
    await wizard(page, user, 'api-ws.example.com', '');
    await verified(page, 'wss://api-ws.example.com');
    await connectWithIt(page);

    await nav(page).getByRole('button', { name: 'Domains' }).click();
    await station(page, 'endpoint').getByRole('button', { name: 'Disable the generated endpoint…' }).click();
    await applied(page, /^Apply and deploy/);
    const proof = page.getByTestId('endpoint-proof');
    await proof.filter({ hasText: '403' }).waitFor();
    assert.match((await proof.getAttribute('class')) ?? '', /good/);
    await verified(page, 'wss://api-ws.example.com');

    await page.getByRole('button', { name: 'All domains' }).click();
    const listed = page.locator('[data-testid=domain][data-domain="api-ws.example.com"]');
    await listed.filter({ hasText: '/chat' }).waitFor();
    assert.equal(await page.getByTestId('mapping').count(), 2);
  });
});

describe('what is left of it', () => {
  it('is handed over as text, taken up after a reload, and rolled back to nothing', async () => {
    const { page, user } = await begin();
    await fixAndConnect(page);
    await user.click('button', 'Domains', nav(page));
    await page.getByText('No custom domain yet.').waitFor();
    await wanted(page, user, 'api-ws.example.com', 'chat');
    // In the middle of it the window goes, and the world stays.
    await user.click('button', /^Request the certificate/);
    await station(page, 'certificate').and(page.locator('[data-state=done]')).waitFor({ timeout });
    await page.reload();
    await page
      .getByRole('button', { name: /^Connect/ })
      .first()
      .waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await wizard(page, user, 'api-ws.example.com', 'chat');
    await verified(page, 'wss://api-ws.example.com/chat');
    await page.getByRole('button', { name: 'Hand over…' }).click();
    await page.getByText('AWS::ApiGatewayV2::DomainName').first().waitFor();
    await page.getByRole('tab', { name: 'Terraform' }).click();
    await page.getByText('aws_apigatewayv2_domain_name').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Roll back…' }).click();
    const sheet = page.getByTestId('roll-back');
    await sheet.getByRole('button', { name: /^Roll back with/ }).click();
    await sheet.getByText('Rolled back.').waitFor({ timeout });
    await sheet.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'All domains' }).click();
    await page.getByText('No custom domain yet.').waitFor();
  });
});
