// The ways back: an older deployment in two actions, any past change undone, a deleted API brought back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, axe, fixAndConnect, perTest, ready, User, within } from '../support.mjs';

const begin = perTest();

const go = (page, name) =>
  page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: new RegExp(`^${name}(?!ions)`) })
    .click();

const reviewed = (page) =>
  at
    .review(page)
    .getByRole('button', { name: /^(Apply|Deploy)/ })
    .last()
    .and(page.locator(':enabled'))
    .waitFor();

/** The chat API answers as it did before its fix. */
async function refusedAgain(page) {
  await go(page, 'Connect');
  await page.keyboard.press('ControlOrMeta+d');
  await at.rows(page, 'closed').waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await at.rows(page, 'attempt').filter({ hasText: '500' }).nth(1).waitFor();
}

describe('the ways back', () => {
  it('a stage serves its older deployment again: two actions and the review', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await go(page, 'Deployments');
    await page.getByTestId('deployment').nth(1).waitFor();
    // The one before was not made here, so what the new one changed is not known, and that is said.
    await page.getByRole('heading', { name: /^What it changed/ }).waitFor();
    await axe(page, 'deployments');
    const user = new User(page);
    await user.click('row', /no stage/);
    await user.click('button', /^Serve this again on prod/);
    await reviewed(page);
    await user.key('Enter');
    await at.review(page).waitFor({ state: 'detached' });
    within('roll back', user, 3);
    await page.getByTestId('deployment').nth(1).getByText('prod').waitFor();
    await refusedAgain(page);
  });

  it('a change that was applied and deployed is undone: one key and the review', async () => {
    const { page } = await begin();
    await fixAndConnect(page);
    await go(page, 'History');
    await page.getByTestId('change').first().waitFor();
    await axe(page, 'history');
    const user = new User(page);
    await user.key('u');
    await reviewed(page);
    await user.key('Enter');
    await at.review(page).waitFor({ state: 'detached' });
    within('undo', user, 2);
    await page.getByTestId('change').filter({ hasText: 'undone' }).waitFor();
    await refusedAgain(page);
  });

  it('a deleted API comes back from the history of its region', async () => {
    const { page } = await begin();
    await ready(page);
    await go(page, 'APIs');
    await page.getByRole('button', { name: 'Delete…' }).click();
    await reviewed(page);
    await axe(page, 'deleting');
    await page.keyboard.press('ControlOrMeta+Enter');
    await at.review(page).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Bring it back from History' }).click();
    await page.getByTestId('change').first().waitFor();
    await page.keyboard.press('u');
    await reviewed(page);
    await page.keyboard.press('Enter');
    await at.review(page).waitFor({ state: 'detached' });
    await go(page, 'Routes');
    await page.locator('[data-testid=route][data-route=sendmessage]').waitFor();
  });
});
