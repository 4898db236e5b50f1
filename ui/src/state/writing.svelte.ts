// What the editors of templates and models ask while somebody writes: the words there are, what was captured in this
// conversation to try a text on, and what Rust says to it. Values that were captured stay in memory.
import { asError, type Host } from '../host/host';
import type { Calls, Error, Row, TemplateWord } from '../host/rpc';
import type { Accounts } from './accounts.svelte';
import type { Apis } from './api.svelte';
import type { Draft } from './draft.svelte';
import type { Messages } from './messages.svelte';
import type { Session } from './session.svelte';

/** A message that was sent in this conversation. */
export interface Captured {
  id: number;
  at: number;
  text: string;
  /** From its log; before that is there, where its route selection sends it. */
  routeKey: string;
  connectionId?: string;
}

/** Enough to try a text on, or to tell what messages look like. */
const mostCaptured = 200;

export class Writing {
  #host: Host;
  #apis: Apis;
  #draft: Draft;
  #session: Session;
  #messages: Messages;
  #accounts: Accounts;
  #asked = 0;
  #of: string | undefined;
  #texts = new Map<number, string>();
  #predicted = new Map<string, string>();
  words = $state.raw<TemplateWord[]>([]);
  /** Newest first. */
  captured = $state.raw<Captured[]>([]);
  error = $state.raw<Error>();

  /** Moves when there is something new to capture. */
  news: string = $derived.by(() => {
    void this.#session.rows.version;
    const { rows, id } = this.#session;
    return `${id} ${rows.sent} ${rows.waiting}`;
  });
  /** Messages that were kept for the API by name. */
  kept = $derived.by(() => this.#messages.saved);
  stage = $derived.by(() => this.#apis.stageName ?? '');
  /** Of the stage that is chosen, as the draft has it. */
  variables: { [name in string]: string } = $derived.by(() => {
    const drafted = this.#draft.to?.stages.find((s) => s.stageName === this.#apis.stageName);
    return (drafted ?? this.#apis.settings)?.stageVariables ?? {};
  });
  /** `$context` members that are known without a message. */
  context: { [name in string]: string } = $derived.by(() => {
    const api = this.#apis.view?.snapshot.api;
    if (!api) return {};
    const accountId = this.#accounts.identity?.account;
    return {
      apiId: api.apiId,
      domainName: api.apiEndpoint.replace(/^wss:\/\//, ''),
      ...(this.stage && { stage: this.stage }),
      ...(accountId && { accountId }),
    };
  });

  constructor(
    host: Host,
    of: { accounts: Accounts; apis: Apis; draft: Draft; session: Session; messages: Messages },
  ) {
    this.#host = host;
    this.#accounts = of.accounts;
    this.#apis = of.apis;
    this.#draft = of.draft;
    this.#session = of.session;
    this.#messages = of.messages;
  }

  /** The words of templates, asked once. */
  async readWords() {
    if (this.words.length > 0) return;
    try {
      this.words = await this.#host.call('list_template_words', {});
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }

  /** Reads the messages that were sent, whole; what was read before is not asked again. */
  async readCaptured() {
    const { id: session, rows } = this.#session;
    const asked = (this.#asked += 1);
    if (session !== this.#of) {
      this.#of = session;
      this.#texts.clear();
      this.#predicted.clear();
      this.captured = [];
    }
    if (!session) return;
    const found: Captured[] = [];
    for (let i = rows.total - 1; i >= 0 && found.length < mostCaptured; i -= 1) {
      const row = rows.byId(rows.first + i);
      if (row?.kind !== 'sent') continue;
      const text = await this.#textOf(session, row);
      if (text === undefined) continue;
      const routeKey = row.request?.routeKey ?? (await this.#predict(text));
      if (asked !== this.#asked) return;
      const connectionId = row.request?.connectionId;
      found.push({ id: row.id, at: row.at, text, routeKey, ...(connectionId && { connectionId }) });
    }
    if (asked === this.#asked) this.captured = found;
  }

  async #textOf(session: string, { id }: Row): Promise<string | undefined> {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    try {
      const { payload } = await this.#host.call('read_row', { session, row: id });
      if (payload !== undefined) this.#texts.set(id, payload);
      return payload;
    } catch {
      // A row that is gone is no sample any more.
      return undefined;
    }
  }

  async #predict(text: string): Promise<string> {
    const known = this.#predicted.get(text);
    if (known !== undefined) return known;
    const snapshot = this.#apis.view?.snapshot;
    if (!snapshot) return '';
    try {
      const { routeKey } = await this.#host.call('predict_route', {
        expression: snapshot.api.routeSelectionExpression,
        routeKeys: snapshot.routes.map((r) => r.routeKey),
        text,
      });
      this.#predicted.set(text, routeKey ?? '');
      return routeKey ?? '';
    } catch {
      return '';
    }
  }

  tryTemplate = (question: Calls['try_template']['question']) => this.#host.call('try_template', question);

  tryModel = (schema: string, sample: string) => this.#host.call('try_model', { schema, sample });

  inferModel = (samples: string[]) => this.#host.call('infer_model', { samples });

  /** A message that would take this route. */
  sampleFor(routeKey: string): string {
    if (routeKey === '$connect' || routeKey === '$disconnect') return '';
    const expression = this.#apis.view?.snapshot.api.routeSelectionExpression ?? '';
    const member = /^\$\{?request\.body\.([\w-]+)\}?$/.exec(expression)?.[1];
    if (!member) return '{"message": "hello"}';
    return JSON.stringify(
      { [member]: routeKey === '$default' ? 'hello' : routeKey, message: 'hello' },
      null,
      2,
    );
  }
}
