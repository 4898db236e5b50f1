// Logs Insights: the ready queries, what is asked of which groups and when, and what came of it.
import { asError, type Host } from '../host/host';
import type { Error, LogQuery, LogQueryResult, OfStage, Source } from '../host/rpc';

export class BookQueries {
  #host: Host;
  #of: OfStage | undefined;
  list = $state.raw<LogQuery[]>();
  listError = $state.raw<Error>();
  /** Index of the ready query that the text began as. */
  chosen = $state<number>();
  /** Moves when the text is another one: the editor begins anew. */
  edition = $state(0);
  query = $state('');
  from = $state('1h');
  to = $state('');
  groups = $state<string[]>([]);
  startedAt = $state<number>();
  tookMs = $state<number>();
  result = $state.raw<LogQueryResult>();
  error = $state.raw<Error>();
  /** Another run, or none: an older answer is not shown. */
  #run = 0;

  running: boolean = $derived(this.startedAt !== undefined);

  constructor(host: Host) {
    this.#host = host;
  }

  async enter(of: OfStage) {
    if (this.#of && JSON.stringify(this.#of) === JSON.stringify(of) && this.list) return;
    this.#of = of;
    this.leave();
    this.list = undefined;
    this.listError = undefined;
    this.groups = [];
    try {
      const list = await this.#host.call('list_log_queries', of);
      if (this.#of === of) this.list = list;
    } catch (thrown) {
      if (this.#of === of) this.listError = asError(thrown);
    }
  }

  again() {
    const of = this.#of;
    this.#of = undefined;
    if (of) void this.enter(of);
  }

  /** Takes a ready query, and the groups that it is for. */
  choose(index: number, sources: Source[]) {
    const ready = this.list?.[index];
    if (!ready) return;
    this.chosen = index;
    this.query = ready.query;
    this.edition += 1;
    this.groups = sources.filter((s) => s.kind === ready.kind).map((s) => s.logGroup);
  }

  toggle(group: string, on: boolean) {
    this.groups = on ? [...this.groups, group] : this.groups.filter((g) => g !== group);
  }

  get possible() {
    return !this.running && this.query.trim() !== '' && this.groups.length > 0 && this.#of !== undefined;
  }

  async run() {
    const of = this.#of;
    if (!this.possible || !of) return;
    const run = ++this.#run;
    const startedAt = Date.now();
    this.startedAt = startedAt;
    this.error = undefined;
    const { query, from, to } = this;
    try {
      const result = await this.#host.call('run_log_query', {
        of,
        logGroups: $state.snapshot(this.groups),
        query,
        from,
        to,
      });
      if (run !== this.#run) return;
      this.result = result;
      this.tookMs = Date.now() - startedAt;
    } catch (thrown) {
      if (run !== this.#run) return;
      this.error = asError(thrown);
      this.result = undefined;
    }
    this.startedAt = undefined;
  }

  /** Nobody waits for the answer any more; AWS ends the query by itself. */
  leave() {
    this.#run += 1;
    this.startedAt = undefined;
  }
}

/** A cell as a spreadsheet takes it: quoted where it must be, and never as a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The table as CSV. */
export function csvOf({ columns, rows }: LogQueryResult): string {
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}
