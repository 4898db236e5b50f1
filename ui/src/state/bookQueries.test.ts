import { describe, expect, it } from 'vitest';
import { fakeHost } from '../testing/fakeHost';
import { sources } from '../testing/book';
import { BookQueries, csvOf } from './bookQueries.svelte';

const of = { scope: { account: 'sandbox', region: 'us-east-1' }, apiId: 'a', stage: 'prod' };
const result = { columns: ['n'], rows: [['1']], matched: 1, scanned: 2, bytes: 3 };

describe('Logs Insights', () => {
  it('takes a ready query with the groups that it is for', async () => {
    const host = fakeHost({
      list_log_queries: () => [{ title: 'Cold starts', tells: '', kind: 'function', query: 'stats count()' }],
      run_log_query: () => result,
    });
    const queries = new BookQueries(host);
    await queries.enter(of);
    queries.choose(0, sources);
    await queries.run();
    expect(host.asked.at(-1)?.question).toEqual({
      of,
      logGroups: ['/aws/lambda/chat-join'],
      query: 'stats count()',
      from: '1h',
      to: '',
    });
    expect(queries.result).toEqual(result);
    expect(queries.running).toBe(false);
  });

  it('shows nothing of a run that was cancelled', async () => {
    let answer: (r: typeof result) => void = () => {};
    const host = fakeHost({
      list_log_queries: () => [],
      run_log_query: () => new Promise((resolve) => (answer = resolve)),
    });
    const queries = new BookQueries(host);
    await queries.enter(of);
    queries.query = 'fields @message';
    queries.groups = ['g'];
    const run = queries.run();
    expect(queries.running).toBe(true);
    queries.leave();
    answer(result);
    await run;
    expect(queries.result).toBeUndefined();
    expect(queries.running).toBe(false);
  });

  it('writes CSV that a spreadsheet reads as text and not as a formula', () => {
    expect(
      csvOf({
        ...result,
        columns: ['a', 'b,c'],
        rows: [
          ['=HYPERLINK("x")', 'say "hi"'],
          ['-1.5', 'two\nlines'],
        ],
      }),
    ).toBe('a,"b,c"\n"\'=HYPERLINK(""x"")","say ""hi"""\n-1.5,"two\nlines"\n');
  });
});
