// Who may connect: a key and a plan for $connect (walkthrough 14), a key's value that stays hidden, and the VPC link that all
// routes are switched to (walkthrough 10).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, fixAndConnect, perTest, within } from '../support.mjs';

const start = perTest();
/** The chat API, fixed and proven, so that a key is the only thing in the way. */
async function begin() {
  const { page, user } = await start();
  await fixAndConnect(page);
  await page.keyboard.press('ControlOrMeta+d');
  await at.rows(page, 'closed').waitFor();
  return { page, user };
}

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
  await page
    .getByTestId('draft')
    .getByRole('button', { name: /^Review…/ })
    .click();
  await apply(page, /^Apply and deploy/);
}

describe('a key on $connect', () => {
  it('with its plan, deployed, and connected with, is 4 actions', async () => {
    const { page, user } = await begin();
    await access(page);
    await user.click('button', /^Require a key on \$connect of prod/);
    await page.getByTestId('usage-plan').filter({ hasText: '500 a month' }).waitFor();
    await user.click('button', /^Review…/, page.getByTestId('draft'));
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
    await at.rows(page, 'attempt').last().filter({ hasText: '101 connected' }).waitFor();
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
    await at.rows(page, 'attempt').last().filter({ hasText: '101 connected' }).waitFor();
    await access(page);
    await page.getByTestId('usage-plan').first().click();
    await page.getByTestId('day').filter({ hasText: '499 left' }).waitFor();
  });

  it('shows the key’s value only when asked, and hides it on leaving', async () => {
    const { page } = await begin();
    await requireKey(page);
    await access(page);
    // Until it is read back, the key goes by the draft's id.
    const accepted = page.getByTestId('accepted').getByRole('button', { name: /^Connect with this key/ });
    await accepted.and(page.locator(':enabled')).waitFor();
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

/** A call of the table, past the page. */
const rpc = (page, name, question) =>
  page.evaluate(
    async ([name, question]) => {
      const token = new URLSearchParams(location.hash.slice(1)).get('token');
      const headers = { 'content-type': 'application/json', 'x-gatescope-token': token };
      const answer = await fetch(`/rpc/${name}`, { method: 'POST', headers, body: JSON.stringify(question) });
      return answer.json();
    },
    [name, question],
  );

/** Two routes on a backend, put into the kept draft as another window would have left them. */
async function twoHttpRoutes(page) {
  const of = { scope: { account: 'sandbox', region: 'us-east-1' }, apiId: 'chat5gw1ws' };
  const { snapshot: base } = await rpc(page, 'read_api', of);
  const draft = structuredClone(base);
  for (const key of ['joinroom', 'sendmessage']) {
    const [, id] = draft.routes.find((r) => r.routeKey === key).target.split('/');
    const integration = draft.integrations.find((i) => i.integrationId === id);
    Object.assign(integration, {
      integrationType: 'HTTP_PROXY',
      integrationMethod: 'POST',
      integrationUri: 'http://127.0.0.1:9/',
      requestTemplates: {},
      responses: [],
    });
    delete integration.templateSelectionExpression;
  }
  await rpc(page, 'keep_draft', { of, draft: { base, draft } });
}

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
    await page
      .getByTestId('draft')
      .getByRole('button', { name: /^Review…/ })
      .click();
    await apply(page);
    await page.getByTestId('vpc-link').filter({ hasText: 'being made' }).waitFor();
    await page.getByText('usually takes 2 to 4 minutes').waitFor();
    await page.getByTestId('vpc-link').filter({ hasText: 'ready' }).waitFor({ timeout: 40_000 });
    await twoHttpRoutes(page);
    await page.reload();
    await page.getByTestId('restored').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Use it in all HTTP integrations' }).click();
    await page.getByTestId('use').nth(1).waitFor();
    await page
      .getByTestId('draft')
      .getByRole('button', { name: /^Review…/ })
      .click();
    const sheet = at.review(page);
    await sheet.getByText('${stageVariables.vpcLinkId}').first().waitFor();
    await apply(page);
    await page.keyboard.press('ControlOrMeta+r');
    const uses = page.getByTestId('use').filter({ hasText: 'in prod' });
    await uses.nth(1).waitFor();
    assert.equal(await page.getByTestId('draft').count(), 0, 'nothing is left to apply');
  });
});
