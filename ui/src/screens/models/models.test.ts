import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { aRow } from '../../testing/fakeHost';
import { app, asked, rows, start } from '../../testing/window';

// The editor is loaded on the way, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 20_000 });
beforeAll(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
});

const message = (id: number) => `{"action":"joinroom","message":"hello","n":${id}}`;
const schema = '{"type": "object", "required": ["message"]}';
const answers = {
  read_row: ({ row }: { row: number }) => ({ payload: message(row), lines: [] }),
  infer_model: ({ samples }: { samples: string[] }) => ({ schema, used: samples.length, leftOut: 0 }),
  try_model: ({ sample }: { sample: string }) => ({
    problems: [],
    complaints: sample && !sample.includes('message') ? ['/message: is required'] : [],
    example: '{"message": "text"}',
  }),
};

describe('models', () => {
  it('a model from the messages that were sent, attached to their route: two clicks', async () => {
    await start(answers);
    await rows(aRow(1), aRow(2));
    app.go('models');
    await fireEvent.click(await screen.findByRole('button', { name: 'New model from them' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach to joinroom' }));
    expect(asked('infer_model')).toEqual([{ samples: [message(2), message(1)] }]);
    expect(app.draft.to?.models.map((m) => [m.name, m.schema])).toEqual([['JoinroomMessage', schema]]);
    expect(app.draft.to?.routes.find((r) => r.routeKey === 'joinroom')).toMatchObject({
      modelSelectionExpression: '$default',
      requestModels: { $default: 'JoinroomMessage' },
    });
    await waitFor(() => expect(screen.getByText('used by joinroom')).toBeTruthy());
  });

  it('a rename is followed by the route', async () => {
    await start(answers);
    await rows(aRow(1));
    app.go('models');
    await fireEvent.click(await screen.findByRole('button', { name: 'New model from them' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach to joinroom' }));
    const name = screen.getByRole('textbox', { name: 'Name' });
    await fireEvent.focus(name);
    await fireEvent.input(name, { target: { value: 'ChatAppMessage' } });
    expect(app.draft.to?.routes.find((r) => r.routeKey === 'joinroom')?.requestModels).toEqual({
      $default: 'ChatAppMessage',
    });
  });

  it('an API without a model and without messages says where both come from', async () => {
    await start(answers);
    app.go('models');
    await screen.findByText(/every message goes to its backend/);
    await fireEvent.click(screen.getByRole('button', { name: 'Go to Connect' }));
    expect(app.screen).toBe('connect');
  });
});
