import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import { aRow, logLines, refused } from '../../testing/fakeHost';
import { app, asked, blur, host, key, push, rows, start } from '../../testing/window';

describe('the rows', () => {
  it('say how sure it is that log and message belong together', async () => {
    await start();
    const request = {
      requestId: 'r',
      routeKey: 'joinroom',
      connectionId: 'otherId=',
      status: 200,
      totalMs: 5,
      lines: 3,
      complete: true,
    };
    await rows(
      aRow(1, { link: { kind: 'exact', why: 'id' }, request }),
      aRow(2, { link: { kind: 'likely', why: 'order' }, request }),
      aRow(3, { kind: 'other', text: '', link: { kind: 'other', why: '' }, request }),
      aRow(4, { link: { kind: 'waiting', why: '' }, at: Date.now() - 12_400 }),
    );
    expect((await screen.findAllByTestId('row')).map((r) => r.dataset.link)).toEqual([
      'exact',
      'likely',
      'other',
      'waiting',
    ]);
    expect(screen.getByText('other client')).toBeTruthy();
    expect(screen.getByText(/logs arrive about 20 s late · 12 s/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Read now' }));
    expect(asked('read_log_now')).toHaveLength(1);
  });

  it('neither run nor obey what came from outside', async () => {
    await start({
      read_row: () => ({
        payload: '<img src=x onerror=alert(1)>\u202e',
        lines: [{ ...logLines[0]!, quiet: false, text: '<script>x</script>' }],
      }),
    });
    await rows(aRow(1, { kind: 'sent', text: '<b>bold</b>\u202eevil' }));
    const row = await screen.findByTestId('row');
    expect(row.textContent).toContain('<b>bold</b>⟨U+202E⟩evil');
    expect((await screen.findByTestId('log-line')).textContent).toContain('<script>x</script>');
    expect(document.querySelector('img, script, b')).toBeNull();
    expect(screen.getByTestId('details').textContent).toContain('⟨U+202E⟩');
  });

  it('are filtered with / and failures are found with e', async () => {
    await start();
    await rows(refused(1), aRow(2), aRow(3));
    blur();
    await key('/');
    expect(document.activeElement).toBe(screen.getByLabelText('Filter the rows'));
    await fireEvent.input(document.activeElement as HTMLElement, { target: { value: 'joinroom' } });
    expect(screen.getAllByTestId('row')).toHaveLength(2);
    await key('Escape');
    expect(screen.getAllByTestId('row')).toHaveLength(3);
    await key('e');
    expect(app.session.selected).toBe(1);
    expect(app.session.isOpen(1)).toBe(true);
  });

  it('go with j and k, open with Enter, and fetch their details once a change', async () => {
    await start();
    await rows(aRow(1), aRow(2));
    blur();
    await key('k');
    expect(app.session.selected).toBe(1);
    await waitFor(() => expect(document.activeElement?.getAttribute('data-row')).toBe('1'));
    host.asked.length = 0;
    await key('Enter');
    expect(app.session.isOpen(1)).toBe(true);
    await waitFor(() =>
      expect(asked('read_row').filter((q) => (q as { row: number }).row === 1)).toHaveLength(1),
    );
    await rows(aRow(1, { outcome: 'ok' }));
    expect(asked('read_row').filter((q) => (q as { row: number }).row === 1)).toHaveLength(2);
  });
});

describe('the composer', () => {
  const open = { kind: 'connection', connection: { kind: 'open', row: 1, since: Date.now(), pingMs: [] } };

  it('is one line until connected', async () => {
    await start();
    expect(screen.getByTestId('composer').textContent).toContain(
      'Composer opens when connected. 1 saved message is ready.',
    );
    await rows(aRow(1));
    await push(open);
    expect(screen.getByLabelText('Message')).toBeTruthy();
  });

  it('says where a message goes; an older answer never replaces a newer one', async () => {
    const answers: ((p: { routeKey?: string; why: string }) => void)[] = [];
    await start({ predict_route: () => new Promise((answer) => answers.push(answer)) });
    await push(open);
    const field = screen.getByLabelText('Message');
    await fireEvent.input(field, { target: { value: '{"action":"a"}' } });
    await waitFor(() => expect(answers).toHaveLength(1));
    await fireEvent.input(field, { target: { value: '{"action":"b"}' } });
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.({ routeKey: 'b', why: 'action is b' });
    await waitFor(() => expect(screen.getByTestId('prediction').textContent).toContain('action is b'));
    answers[0]?.({ routeKey: 'a', why: 'action is a' });
    await tick();
    expect(screen.getByTestId('prediction').textContent).toContain('action is b');
  });

  it('sends with the chord, and the arrow up brings the message back', async () => {
    await start();
    await push(open);
    const field = screen.getByLabelText<HTMLTextAreaElement>('Message');
    await fireEvent.input(field, { target: { value: 'hello' } });
    field.focus();
    await key('Enter', { ctrlKey: true });
    expect(asked('send_message')).toEqual([{ session: 's1', text: 'hello' }]);
    await waitFor(() => expect(app.messages.history).toEqual(['hello']));
    await fireEvent.input(field, { target: { value: '' } });
    await key('ArrowUp');
    expect(field.value).toBe('hello');
  });

  it('refuses what API Gateway would refuse, by size', async () => {
    await start();
    await push(open);
    await fireEvent.input(screen.getByLabelText('Message'), { target: { value: 'x'.repeat(130 * 1024) } });
    expect((screen.getByRole('button', { name: /^Send/ }) as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByTestId('composer').textContent).toContain('130.0 KB of 128 KB');
  });
});
