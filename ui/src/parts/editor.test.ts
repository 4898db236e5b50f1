import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import Editor from './Editor.svelte';

beforeAll(() => {
  // jsdom lays nothing out.
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
});
afterEach(cleanup);

const field = () => screen.findByRole('textbox', { name: 'Template' });
const problem = { line: 2, column: 3, text: 'Unable to transform request', refused: true };

describe('the editor', () => {
  it('shows its text under its label, and takes a text from outside', async () => {
    const { rerender } = render(Editor, { value: '{"a": 1}', label: 'Template', language: 'template' });
    await waitFor(async () => expect((await field()).textContent).toContain('{"a": 1}'));
    await rerender({ value: '{"b": 2}' });
    await waitFor(async () => expect((await field()).textContent).toContain('{"b": 2}'));
  });

  it('marks a problem in the text and lists it with its place', async () => {
    render(Editor, {
      value: '{\n  $bad\n}',
      label: 'Template',
      language: 'template',
      problems: [problem],
    });
    await waitFor(() => expect(document.querySelector('.cm-lintRange-error')?.textContent).toBe('$bad'));
    expect(screen.getByRole('button', { name: 'line 2, column 3' })).toBeTruthy();
    expect(screen.getByText('Unable to transform request')).toBeTruthy();
  });

  it('says that it can only be read', async () => {
    render(Editor, { value: 'x', label: 'Template', readonly: true });
    await waitFor(async () => expect((await field()).getAttribute('aria-readonly')).toBe('true'));
  });
});
