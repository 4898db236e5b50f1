import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { DeploymentView, Draft } from '../../host/rpc';
import { app, asked, blur, key, review, start } from '../../testing/window';

const deployment = (deploymentId: string, parts: Partial<DeploymentView> = {}): DeploymentView => ({
  deploymentId,
  createdAt: Date.now() - 60_000,
  description: '',
  status: 'DEPLOYED',
  autoDeployed: false,
  stages: [],
  ...parts,
});
const list = [
  deployment('d1x7fe', { stages: ['prod'], changed: review.diff }),
  deployment('c9k2sa', { unknown: 'It was made elsewhere.' }),
  deployment('b2m4q1', { status: 'FAILED', statusMessage: 'At least one route is required' }),
];
const row = (i: number) => screen.getAllByTestId('deployment')[i] as HTMLElement;

describe('the deployments', () => {
  it('an old one is served again in two actions', async () => {
    await start({ list_deployments: () => list, preview_stage_back: () => review });
    app.go('deployments');
    await screen.findAllByTestId('deployment');
    await fireEvent.click(row(1));
    expect(screen.getByText('It was made elsewhere.')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: /^Serve this again on prod/ }));
    expect(await screen.findByTestId('review')).toBeTruthy();
    expect(asked('preview_stage_back')).toMatchObject([{ stage: 'prod', deploymentId: 'c9k2sa' }]);
  });

  it('and by keyboard: down, Enter', async () => {
    await start({ list_deployments: () => list, preview_stage_back: () => review });
    app.go('deployments');
    await screen.findAllByTestId('deployment');
    row(0).focus();
    await key('ArrowDown');
    await waitFor(() => expect(row(1).getAttribute('aria-selected')).toBe('true'));
    await key('Enter');
    await waitFor(() => expect(asked('preview_stage_back')).toMatchObject([{ deploymentId: 'c9k2sa' }]));
  });

  it('say why one can’t be served: it is already, or it failed', async () => {
    await start({ list_deployments: () => list });
    app.go('deployments');
    await screen.findAllByTestId('deployment');
    const serve = () => screen.getByRole('button', { name: /^Serve this again/ }) as HTMLButtonElement;
    expect(serve().disabled).toBe(true);
    expect(screen.getByText('prod serves it now.')).toBeTruthy();
    await fireEvent.click(row(2));
    expect(serve().disabled).toBe(true);
    expect(screen.getByText('It is FAILED.')).toBeTruthy();
    expect(screen.getByText(/At least one route is required/)).toBeTruthy();
  });

  it('a new one can have words of its own', async () => {
    await start({ list_deployments: () => list, preview_draft: () => review });
    app.go('deployments');
    const field = await screen.findByRole('textbox', { name: 'Description of a new deployment' });
    await fireEvent.input(field, { target: { value: 'with rooms' } });
    await fireEvent.submit(field);
    await waitFor(() => expect(asked('preview_draft')).toHaveLength(1));
    const [question] = asked('preview_draft') as { draft: Draft; stage: string }[];
    const made = question?.draft.draft.deployments[0];
    expect(made).toMatchObject({ description: 'with rooms' });
    expect(question?.draft.draft.stages[0]?.deploymentId).toBe(made?.deploymentId);
    expect(question?.draft.base.deployments).toHaveLength(1);
  });

  it('the filter is a key away', async () => {
    await start({ list_deployments: () => list });
    app.go('deployments');
    await screen.findAllByTestId('deployment');
    blur();
    await key('/');
    await fireEvent.input(document.activeElement as HTMLElement, { target: { value: 'c9k' } });
    expect(screen.getAllByTestId('deployment')).toHaveLength(1);
  });
});
