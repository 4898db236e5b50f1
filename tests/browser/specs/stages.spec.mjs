// Whole APIs and their stages: made from a starter, brought back from a file, compared, and set stage by stage.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { at, axe, connected, perTest, ready, User, within } from '../support.mjs';

const start = perTest();
async function begin(options, env) {
  const { page } = await start({ ...options, env });
  await ready(page);
  return page;
}

const go = (page, name) =>
  page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();
const tab = (page, name) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();

async function apply(page) {
  await at
    .review(page)
    .getByRole('button', { name: /^(Apply|Deploy)/ })
    .last()
    .and(page.locator(':enabled'))
    .waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await at.review(page).waitFor({ state: 'detached' });
}

/** Two stages that differ in three fields, and templates that name a variable which one of them lacks. */
function snapshotFile() {
  const mock = {
    integrationId: 'mock001',
    integrationType: 'MOCK',
    requestTemplates: { $default: '{"statusCode": 200}' },
    templateSelectionExpression: '\\$default',
    responses: [{ integrationResponseId: 'answer1', integrationResponseKey: '$default' }],
  };
  const backend = {
    integrationId: 'http001',
    integrationType: 'HTTP',
    integrationMethod: 'POST',
    integrationUri: 'http://backend.sandbox:8080/joinroom?region=${stageVariables.region}',
    requestTemplates: { $default: '{"table": "$stageVariables.table"}' },
    templateSelectionExpression: '\\$default',
  };
  const route = (routeId, routeKey, id) => ({
    routeId,
    routeKey,
    target: `integrations/${id}`,
    authorizationType: 'NONE',
  });
  const stage = (stageName, region, more) => ({
    stageName,
    stageVariables: { region, old: 'unused' },
    ...more,
  });
  const snapshot = {
    api: {
      apiId: 'a1b2c3d4e5',
      name: 'two-stages',
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.action',
      apiKeySelectionExpression: '$request.header.x-api-key',
    },
    routes: [route('route01', '$connect', 'mock001'), route('route02', 'joinroom', 'http001')],
    integrations: [mock, backend],
    stages: [
      stage('dev', 'eu-central-1', { description: 'where things break' }),
      stage('prod', 'us-east-1', {
        defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 20 },
        description: 'where things break',
      }),
    ],
  };
  const path = join(tmpdir(), `gatescope-two-stages-${process.pid}.gatescope.json`);
  writeFileSync(path, JSON.stringify({ gatescopeSnapshot: 1, snapshot }, null, 2));
  return path;
}

async function restored(page) {
  await go(page, 'APIs');
  await page.getByLabel('Snapshot file').setInputFiles(snapshotFile());
  await apply(page);
  await page.locator('[data-testid=api][data-api=two-stages][aria-selected=true]').waitFor();
}

describe('a whole API', () => {
  it('from the chat starter to connected: six actions', async () => {
    const page = await begin();
    const user = new User(page);
    await user.click('button', /^APIs/);
    await user.click('button', /^New API/);
    await page.getByRole('radio', { name: /^Chat/ }).waitFor();
    await user.click('button', 'Review…');
    await at
      .review(page)
      .getByRole('button', { name: /^(Apply|Deploy)/ })
      .last()
      .and(page.locator(':enabled'))
      .waitFor();
    await user.key('ControlOrMeta+Enter');
    await at.review(page).waitFor({ state: 'detached' });
    await ready(page);
    await user.click('button', /^Connect/, page.getByRole('main'));
    await connected(page);
    await user.read();
    within('new API', user, 6);
  });

  it('is saved as a file, deleted with everything, and brought back from the file', async () => {
    const page = await begin({}, { XDG_DOWNLOAD_DIR: tmpdir() });
    await restored(page);
    await page.getByRole('button', { name: 'Save snapshot' }).click();
    const path = await page.getByRole('button', { name: /^Copy path/ }).textContent();
    assert.match(path ?? '', /two-stages.*gatescope\.json/);
    const saved = (path ?? '').replace(/^.*?(\/.*\.gatescope(?: \(\d+\))?\.json).*$/, '$1').trim();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await apply(page);
    await page.locator('[data-testid=api][data-api=two-stages]').waitFor({ state: 'detached' });
    await page.getByLabel('Snapshot file').setInputFiles(saved);
    await apply(page);
    await page.locator('[data-testid=api][data-api=two-stages]').waitFor();
    await go(page, 'Routes');
    await page.locator('[data-testid=route][data-route=joinroom]').waitFor();
  });

  it('is searched as a whole, and a hit leads to where it is edited', async () => {
    const page = await begin();
    await restored(page);
    await tab(page, 'Search');
    await page.getByRole('textbox', { name: 'Search for' }).fill('stageVariables\\.(region|table)');
    await page.getByRole('checkbox', { name: 'regular expression' }).check();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText(/^2 places/).waitFor();
    await page.getByTestId('hit').first().click();
    await page.locator('[data-testid=route][data-route=joinroom][aria-selected=true]').waitFor();
  });
});

describe('two stages', () => {
  it('are compared: the planted differences, no other, and one is taken over through the review', async () => {
    const page = await begin();
    await restored(page);
    await go(page, 'Stages');
    await tab(page, 'Compare');
    await page.getByRole('combobox', { name: 'Stage, Left' }).selectOption('dev');
    await page.getByRole('combobox', { name: 'Stage, Right' }).selectOption('prod');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByText('3 differences', { exact: true }).waitFor();
    assert.equal(await page.getByTestId('difference').count(), 3);
    await page.getByRole('checkbox', { name: /^Tick .*region/ }).check();
    await page.getByRole('button', { name: /^Take 1 over to/ }).click();
    await apply(page);
    await page.getByText('2 differences', { exact: true }).waitFor();
  });
});

describe('a stage', () => {
  it('says who uses each variable, which nobody does, and which is missing', async () => {
    const page = await begin();
    await restored(page);
    await go(page, 'Stages');
    await tab(page, 'Variables');
    const variable = (name) => page.locator(`[data-testid=variable][data-variable=${name}]`);
    await variable('region').getByText('integrationUri').waitFor();
    await variable('old').getByText('nobody').waitFor();
    await page.locator('[data-testid=variable-missing][data-variable=table]').waitFor();
    await axe(page, 'variables');
    await variable('region')
      .getByRole('button', { name: /integration of joinroom/ })
      .click();
    await page.locator('[data-testid=route][data-route=joinroom][aria-selected=true]').waitFor();
  });

  it('gets a variable, a limit and an access log in one review', async () => {
    const page = await begin();
    await restored(page);
    await go(page, 'Stages');
    await tab(page, 'Variables');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page
      .getByRole('textbox', { name: /^Value of variable/ })
      .last()
      .fill('rooms');
    await tab(page, 'Limits and routes');
    await page.getByRole('spinbutton', { name: 'Rate', exact: true }).fill('5');
    await axe(page, 'limits');
    await tab(page, 'Logs');
    await page.getByRole('switch', { name: 'Access log' }).check();
    await page.getByTestId('sample').getByText('joinroom').waitFor();
    await axe(page, 'logs');
    await page.keyboard.press('ControlOrMeta+s');
    await at.review(page).getByText('UpdateStage').first().waitFor();
    await apply(page);
    await tab(page, 'Variables');
    await page.locator('[data-testid=variable][data-variable=table]').waitFor();
    await tab(page, 'Settings');
    await axe(page, 'settings');
  });

  it('is copied with all that it has, and deleted again', async () => {
    const page = await begin();
    await go(page, 'Stages');
    await page.getByRole('button', { name: 'New stage' }).click();
    await page.getByRole('textbox', { name: 'Name of the stage' }).fill('dev');
    await page.getByRole('checkbox', { name: /with everything that prod has/ }).check();
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.keyboard.press('ControlOrMeta+s');
    await at.review(page).getByText('CreateStage').first().waitFor();
    await apply(page);
    const dev = page.locator('[data-testid=stage][data-stage=dev]');
    await dev.getByText('wss://').waitFor();
    await dev.click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Bring it back' }).waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await at.review(page).getByText('DeleteStage').first().waitFor();
    await apply(page);
    await dev.waitFor({ state: 'detached' });
  });
});
