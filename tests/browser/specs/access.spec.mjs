// Who may connect: a key and a plan for $connect (walkthrough 14), a key's value that stays hidden, and the VPC link that all
// routes are switched to (walkthrough 10).
import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import {
  at,
  closeBrowser,
  connected,
  fixAndConnect,
  openPage,
  startHost,
  User,
  within,
} from '../support.mjs';

after(closeBrowser);

let host, opened;
/** The chat API, fixed and proven, so that a key is the only thing in the way. */
async function begin() {
  host = await startHost();
  opened = await openPage(host.address);
  const { page } = opened;
  await fixAndConnect(page);
  await page.keyboard.press('ControlOrMeta+d');
  await at.rows(page, 'closed').waitFor();
  return { page, user: new User(page) };
}
afterEach(async () => {
  const errors = opened?.errors ?? [];
  await opened?.close();
  host?.stop();
  assert.deepEqual(errors, [], 'the page complained');
});

/** Reviews the edits and applies them; answers once the sheet is gone. */
async function apply(page, name = /^Apply/) {
  const sheet = at.review(page);
  const button = sheet.getByRole('button', { name }).and(page.locator('.primary:enabled'));
  await button.waitFor();
  await button.click();
  await sheet.waitFor({ state: 'detached' });
}

const access = async (page) => {
  await page.keyboard.press('ControlOrMeta+8');
  await page.getByRole('grid', { name: 'API keys' }).waitFor();
};

/** A key on $connect, applied and deployed. */
async function requireKey(page) {
  await access(page);
  await page.getByRole('button', { name: /^Require a key on \$connect of prod/ }).click();
  await page.getByTestId('usage-plan').filter({ hasText: '500 a month' }).waitFor();
  await page.getByRole('button', { name: /^Review…/ }).click();
  await apply(page, /^Apply and deploy/);
}

describe('a key on $connect', () => {
  it('with its plan, deployed, and connected with, is 4 actions', async () => {
    const { page, user } = await begin();
    await access(page);
    await user.click('button', /^Require a key on \$connect of prod/);
    await page.getByTestId('usage-plan').filter({ hasText: '500 a month' }).waitFor();
    await user.click('button', /^Review…/);
    const sheet = at.review(page);
    await sheet
      .getByRole('button', { name: /^Apply and deploy/ })
      .and(page.locator(':enabled'))
      .waitFor();
    for (const operation of ['CreateApiKey', 'CreateUsagePlan', 'CreateUsagePlanKey', 'UpdateRoute'])
      await sheet.getByText(operation, { exact: true }).waitFor();
    await user.click('button', /^Apply and deploy/, sheet);
    await sheet.waitFor({ state: 'detached' });
    await access(page);
    const accepted = page.getByTestId('accepted').getByRole('button', { name: /^Connect with this key/ });
    await accepted.and(page.locator(':enabled')).waitFor();
    await user.click('button', /^Connect with this key/);
    await connected(page);
    within('key and plan, connected', user, 4);
    const value = /^[A-Za-z0-9]{20,128}$/;
    const [header] = await page.evaluate(() =>
      [...document.querySelectorAll('input')].map((i) => i.value).filter((v) => v.includes('apiKey')),
    );
    assert.ok(header === undefined || header.startsWith('{{apiKey:'), header);
    assert.ok(!value.test((await page.locator('main').textContent()) ?? ''));
  });

  it('refuses who has none, and lets in who has one', async () => {
    const { page } = await begin();
    await requireKey(page);
    await page.keyboard.press('ControlOrMeta+1');
    await page.keyboard.press('ControlOrMeta+Enter');
    await at.rows(page, 'attempt').last().filter({ hasText: 'refused 403' }).waitFor();
    await access(page);
    await page
      .getByTestId('accepted')
      .getByRole('button', { name: /^Connect with this key/ })
      .click();
    await connected(page);
    await access(page);
    await page.getByTestId('usage-plan').first().click();
    await page.getByTestId('day').filter({ hasText: '499 left' }).waitFor();
  });

  it('shows the key’s value only when asked, and hides it on leaving', async () => {
    const { page } = await begin();
    await requireKey(page);
    await access(page);
    await page.getByTestId('api-key').first().click();
    const value = page.getByTestId('key-value');
    assert.match(await value.textContent(), /^•+$/);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^[A-Za-z0-9]{20,128}$/);
    assert.ok(!(await page.content()).includes(copied), 'copied without being shown');
    await page.getByRole('button', { name: 'Reveal' }).click();
    await value.filter({ hasText: copied }).waitFor();
    await page.keyboard.press('ControlOrMeta+2');
    await access(page);
    await value.waitFor();
    assert.ok(!(await page.content()).includes(copied), 'hidden after leaving');
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.ok(!kept.includes(copied));
  });
});

describe('a VPC link', () => {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/chat/50dc6c495c0c9188';

  it('is made, waited for, and takes all HTTP integrations in one click', async () => {
    const { page } = await begin();
    await page.keyboard.press('ControlOrMeta+1');
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('grid', { name: 'VPC links' }).waitFor();
    await page.getByRole('button', { name: 'New link' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('backend');
    await page.getByRole('textbox', { name: 'Load balancer' }).fill(arn);
    await page.getByRole('button', { name: /^Review…/ }).click();
    await apply(page);
    await page.getByTestId('vpc-link').filter({ hasText: 'being made' }).waitFor();
    await page.getByText('usually takes 2 to 4 minutes').waitFor();
    await page.getByTestId('vpc-link').filter({ hasText: 'ready' }).waitFor({ timeout: 40_000 });
  });
});
