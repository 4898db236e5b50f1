// What is sent to AWS and what is not: every call with its time, request id and command, the policy that they needed, and the
// lock, which Rust holds and not the page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, fixAndConnect, perTest, ready } from '../support.mjs';

const start = perTest();
async function begin(...args) {
  const { page } = await start({ args });
  await ready(page);
  return { page };
}

const calls = async (page) => {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByTestId('call').first().waitFor();
};
const operations = (page) =>
  page.getByTestId('call').evaluateAll((rows) => rows.map((row) => row.dataset.operation));

describe('the calls of AWS', () => {
  it('are all there, newest first, each with its id and the command that does the same', async () => {
    const { page } = await begin();
    await calls(page);
    const routes = page.locator('[data-testid=call][data-operation=GetRoutes]');
    const filter = page.getByRole('textbox', { name: 'Filter the calls' });
    for (const operation of ['GetCallerIdentity', 'GetApis', 'GetRoutes']) {
      await page.keyboard.press('/');
      await filter.fill(operation);
      await page.locator(`[data-testid=call][data-operation=${operation}]`).first().waitFor();
      await filter.evaluate((field) => field.blur());
    }
    const before = await routes.count();
    await page.keyboard.press('ControlOrMeta+r');
    await routes.nth(before).waitFor();
    assert.equal(await routes.count(), before + 1, 'reading again asks once');
    await routes.first().click();
    const detail = page.getByTestId('call-detail');
    await detail.getByText('HTTP 200').waitFor();
    await page.keyboard.press('c');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^aws apigatewayv2 get-routes [\s\S]*--api-id chat5gw1ws/);
    assert.match((await detail.textContent()) ?? '', /Request id\s*Copy request id:\s*[\w-]{20,}/);
  });

  it('are narrowed to what writes, from everywhere, in a drawer', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await page.getByTestId('calls-open').click();
    const drawer = page.getByTestId('calls-drawer');
    await drawer.getByRole('checkbox', { name: 'only writes' }).check();
    await drawer.locator('[data-operation=CreateDeployment]').waitFor();
    await drawer.locator('[data-operation=UpdateIntegration]').waitFor();
    assert.ok(!(await operations(page)).some((o) => o.startsWith('Get')));
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
  });

  it('give the policy that they needed', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await calls(page);
    await page.getByRole('button', { name: 'IAM policy…' }).click();
    const sheet = page.getByTestId('policy');
    await sheet.getByRole('button', { name: /Copy the policy/ }).click();
    const policy = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    assert.equal(policy.Version, '2012-10-17');
    const actions = policy.Statement.flatMap((s) => s.Action);
    for (const action of ['apigateway:GET', 'apigateway:PATCH', 'apigateway:POST'])
      assert.ok(actions.includes(action), `${action} in ${actions}`);
    assert.ok(!actions.some((a) => a.includes('*')), `nothing wide: ${actions}`);
  });
});

describe('the lock', () => {
  it('lets one look and review, and sends nothing that writes', async () => {
    const { page } = await begin();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Lock this account (read-only)' }).check();
    await page.getByTestId('locked').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+1');
    await page.keyboard.press('ControlOrMeta+Enter');
    await at.certain(page, 'mock-status-missing').waitFor();
    await page.keyboard.press('f');
    const sheet = at.review(page);
    const button = sheet.getByRole('button', { name: /^Apply and deploy/ });
    await button.waitFor();
    assert.ok(await button.isDisabled());
    await sheet.getByText('This account is locked').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('is held by Rust: a page that does not ask it is refused too', async () => {
    const { page } = await begin();
    const refused = await page.evaluate(async () => {
      const token = new URLSearchParams(location.hash.slice(1)).get('token');
      const call = async (name, question) => {
        const answer = await fetch(`/rpc/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-gatescope-token': token },
          body: JSON.stringify(question),
        });
        return answer.json();
      };
      const scope = { account: 'sandbox', region: 'us-east-1' };
      const review = await call('preview_deploy', { scope, apiId: 'chat5gw1ws', stage: 'prod' });
      await call('set_lock', { account: 'sandbox', locked: true });
      return new Promise((resolve) => {
        const url = new URL(`/stream/open_apply?token=${token}`, location.href);
        url.protocol = 'ws:';
        url.hash = '';
        const socket = new WebSocket(url);
        socket.onopen = () => socket.send(JSON.stringify({ review: review.id, deploy: true }));
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data);
          const failed = message.items?.find((i) => i.kind === 'failed');
          if (failed) resolve(failed.problem.code);
          if (message.end) resolve(message.error?.code ?? 'ended without a word');
        };
      });
    });
    assert.equal(refused, 'locked');
  });

  it('stands in the title bar, and is taken off by a command', async () => {
    const { page } = await begin();
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByTestId('palette').waitFor();
    await page.keyboard.type('lock this account');
    await page.keyboard.press('Enter');
    await page.getByTestId('locked').waitFor();
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByTestId('palette').waitFor();
    await page.keyboard.type('unlock');
    await page.keyboard.press('Enter');
    await page.getByTestId('locked').waitFor({ state: 'detached' });
  });
});

describe('an account in which a mistake hurts', () => {
  it('has a red edge by its name', async () => {
    const { page } = await begin();
    assert.equal(await page.getByTestId('edge').count(), 0);
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('radio', { name: 'amber' }).check({ force: true });
    assert.equal(await page.getByTestId('edge').getAttribute('data-edge'), 'amber');
    await page.reload();
    await ready(page);
    assert.equal(await page.getByTestId('edge').getAttribute('data-edge'), 'amber');
  });
});
