// `$connect` tried as a client would: one authorizer by itself, a policy against the ARN of the route, and the connect
// matrix, which dials the stage with several identities. What is typed here stays in memory; the value of an API key is
// never here, Rust puts it in.
import { asError, type Close, type Host } from '../host/host';
import type {
  Authorizer,
  Error,
  FunctionChoice,
  MatchedPolicy,
  MatrixItem,
  MatrixRow,
  OfStage,
  Route,
  Scope,
  Snapshot,
  TriedAuthorizer,
} from '../host/rpc';
import type { Accounts } from './accounts.svelte';
import type { Apis } from './api.svelte';
import type { Dial, Pair } from './dial.svelte';
import type { Draft } from './draft.svelte';

/** A value that a client has to bring: `route.request.header.authorization`. */
export interface Ask {
  source: string;
  kind: 'header' | 'query';
  name: string;
}

/** One identity that the door is tried with. */
export interface Try {
  id: 'none' | 'header' | 'key' | 'both' | 'signed';
  name: string;
  /** Why there is nothing to try; absent: it can be tried. */
  cannot?: string;
  row?: MatrixRow;
}

const request = /^route\.request\.(header|querystring)\.(.+)$/;

/** What a client has to bring for these identity sources. */
export function asksOf(sources: string[]): Ask[] {
  return sources.flatMap((source): Ask[] => {
    const [, kind, name] = request.exec(source) ?? [];
    return kind && name ? [{ source, kind: kind === 'header' ? 'header' : 'query', name }] : [];
  });
}

const used = (pairs: Pair[]): [string, string][] =>
  pairs.filter((p) => p.on && p.name.trim() !== '').map((p) => [p.name.trim(), p.value]);

export class Door {
  #host: Host;
  #accounts: Accounts;
  #apis: Apis;
  #draft: Draft;
  #dial: Dial;
  #close: Close | undefined;
  #forApi: string | undefined;
  /** By API, kind and name, as it was typed last: what one API takes is not sent to another. */
  #values = $state<{ [key in string]: string }>({});
  /** Sent besides what the identity sources ask for. */
  headers = $state<Pair[]>([]);
  query = $state<Pair[]>([]);
  functions = $state.raw<FunctionChoice[]>();
  functionsError = $state.raw<Error>();
  #listedFor: Scope | undefined;
  trying = $state(false);
  tried = $state.raw<TriedAuthorizer>();
  error = $state.raw<Error>();
  policy = $state('');
  matched = $state.raw<MatchedPolicy>();
  policyError = $state.raw<Error>();
  /** Moves when the door is to be tried and a value is missing: the screen asks for it, and says up to which it did. */
  wanting = $state(0);
  asked = 0;
  running = $state(false);
  answers = $state.raw<{ [id in string]: MatrixItem }>({});
  /** The identities of the last run, in their order. */
  ran = $state.raw<Try[]>([]);
  /** The stage of the last run. */
  of = $state.raw<OfStage>();
  matrixError = $state.raw<Error>();

  /** As AWS has it: a draft is not deployed. */
  #there: Snapshot | undefined = $derived.by(() => this.#apis.view?.snapshot);
  connectRoute: Route | undefined = $derived.by(() =>
    this.#there?.routes.find((r) => r.routeKey === '$connect'),
  );
  authorizer: Authorizer | undefined = $derived.by(() =>
    this.connectRoute?.authorizationType === 'CUSTOM'
      ? this.#there?.authorizers.find((a) => a.authorizerId === this.connectRoute?.authorizerId)
      : undefined,
  );
  /** What the identity sources of `$connect` ask of a client. */
  asks: Ask[] = $derived.by(() => asksOf(this.authorizer?.identitySource ?? []));
  missing: Ask[] = $derived.by(() => this.asks.filter((ask) => this.valueOf(ask) === ''));

  /** The key that the matrix takes: the first that is enabled, of a plan with this stage. */
  key: { id: string; name: string; plan: string } | undefined = $derived.by(() => {
    const around = this.#draft.base?.surroundings;
    const { apiId, stageName } = this.#apis;
    const plans = around?.usagePlans.filter((p) =>
      p.apiStages.some((s) => s.apiId === apiId && s.stage === stageName),
    );
    for (const plan of plans ?? []) {
      for (const { id } of plan.keys) {
        const key = around?.apiKeys.find((k) => k.id === id && k.enabled);
        if (key) return { id, name: key.name, plan: plan.name };
      }
    }
    return undefined;
  });

  tries: Try[] = $derived.by(() => this.#identities());

  constructor(host: Host, of: { accounts: Accounts; apis: Apis; draft: Draft; dial: Dial }) {
    this.#host = host;
    this.#accounts = of.accounts;
    this.#apis = of.apis;
    this.#draft = of.draft;
    this.#dial = of.dial;
  }

  /** What was typed last for it, here or in Connect. */
  valueOf({ kind, name }: Ask): string {
    const own = this.#values[this.#keyOf(kind, name)];
    if (own !== undefined) return own;
    const pairs = kind === 'header' ? this.#dial.headers : this.#dial.query;
    return pairs.find((p) => p.on && p.name.trim().toLowerCase() === name.toLowerCase())?.value ?? '';
  }

  setValue({ kind, name }: Ask, value: string) {
    this.#values[this.#keyOf(kind, name)] = value;
  }

  #keyOf(kind: Ask['kind'], name: string) {
    return `${this.#apis.apiId} ${kind} ${name.toLowerCase()}`;
  }

  #identities(): Try[] {
    const brought = (kind: Ask['kind']): [string, string][] =>
      this.asks.filter((a) => a.kind === kind).map((a) => [a.name, this.valueOf(a)]);
    const [headers, query] = [brought('header'), brought('query')];
    const noAsk = this.asks.length === 0;
    const asked = this.asks.map((a) => a.name).join(' and ');
    const expression = this.#there?.api.apiKeySelectionExpression ?? '';
    const keyHeader = /^\$\{?request\.header\.([\w-]+)\}?$/.exec(expression)?.[1];
    const keys: [string, string][] = this.key && keyHeader ? [[keyHeader, `{{apiKey:${this.key.id}}}`]] : [];
    const what = query.length > 0 && headers.length === 0 ? 'query' : 'header';
    const noIdentity = noAsk ? { cannot: '$connect has no authorizer that asks a client for a value' } : {};
    const noKey = !keyHeader
      ? { cannot: 'the authorizer names the key, not the client' }
      : !this.key
        ? { cannot: `no usage plan with stage ${this.#apis.stageName ?? ''} has an enabled key` }
        : {};
    return [
      { id: 'none', name: 'no identity', row: { name: 'none', headers: [], query: [], signed: false } },
      {
        id: 'header',
        name: noAsk ? 'header' : asked,
        ...noIdentity,
        row: { name: what, headers, query, signed: false },
      },
      { id: 'key', name: 'API key', ...noKey, row: { name: 'key', headers: keys, query: [], signed: false } },
      {
        id: 'both',
        name: `${noAsk ? 'header' : asked} + API key`,
        ...noKey,
        ...noIdentity,
        row: { name: `${what} and key`, headers: [...headers, ...keys], query, signed: false },
      },
      {
        id: 'signed',
        name: 'signed with IAM',
        row: { name: 'signed', headers: [], query: [], signed: true },
      },
    ];
  }

  /** Dials with every identity that there is; asks for a value first where one was never typed. */
  async tryAll() {
    const of = this.#apis.ofStage;
    if (!of || this.running) return;
    if (this.missing.length > 0) {
      this.wanting += 1;
      return;
    }
    this.#close?.();
    this.running = true;
    this.matrixError = undefined;
    this.answers = {};
    this.of = of;
    this.ran = this.tries;
    await this.#draft.readSurroundings();
    this.ran = this.tries;
    const rows = this.ran.filter((t) => !t.cannot);
    this.#close = this.#host.stream(
      'open_matrix',
      { of, rows: rows.flatMap((t) => t.row ?? []) },
      (items) => {
        const answers = { ...this.answers };
        for (const item of items) {
          const id = rows[item.row]?.id;
          if (id) answers[id] = item;
        }
        this.answers = answers;
      },
      (error) => {
        this.#close = undefined;
        this.running = false;
        this.matrixError = error;
      },
    );
  }

  stop() {
    this.#close?.();
    this.#close = undefined;
    this.running = false;
  }

  /** Another API or stage: what was seen there says nothing here, and what was typed for one API is not another's. */
  forget() {
    this.stop();
    if (this.#forApi !== this.#apis.apiId) {
      this.#forApi = this.#apis.apiId;
      this.headers = [];
      this.query = [];
      this.policy = '';
    }
    this.answers = {};
    this.ran = [];
    this.of = undefined;
    this.matrixError = undefined;
    this.tried = undefined;
    this.error = undefined;
    this.matched = undefined;
    this.policyError = undefined;
  }

  async tryAuthorizer(authorizer: Authorizer) {
    const of = this.#apis.ofStage;
    if (!of || this.trying) return;
    this.trying = true;
    this.error = undefined;
    const asks = asksOf(authorizer.identitySource);
    const brought = (kind: Ask['kind']): [string, string][] =>
      asks
        .filter((a) => a.kind === kind)
        .map((a): [string, string] => [a.name, this.valueOf(a)])
        .filter(([, value]) => value !== '');
    try {
      this.tried = await this.#host.call('try_authorizer', {
        of,
        authorizerId: authorizer.authorizerId,
        authorizerUri: authorizer.authorizerUri ?? '',
        identitySource: [...authorizer.identitySource],
        headers: [...brought('header'), ...used(this.headers)],
        query: [...brought('query'), ...used(this.query)],
      });
    } catch (thrown) {
      this.tried = undefined;
      this.error = asError(thrown);
    } finally {
      this.trying = false;
    }
  }

  /** The functions of the region, and the aliases and versions of the one that is looked at. */
  async readFunctions() {
    const { scope } = this.#accounts;
    if (!scope || this.#listedFor === scope) return;
    this.#listedFor = scope;
    this.functions = undefined;
    this.functionsError = undefined;
    try {
      const functions = await this.#host.call('list_lambdas', scope);
      if (this.#listedFor === scope) this.functions = functions;
    } catch (thrown) {
      if (this.#listedFor !== scope) return;
      this.#listedFor = undefined;
      this.functionsError = asError(thrown);
    }
  }

  /** None where they can't be read: the ARN can be typed whole. */
  async qualifiersOf(functionArn: string): Promise<string[]> {
    const { scope } = this.#accounts;
    if (!scope) return [];
    try {
      return (await this.#host.call('read_lambda', { scope, name: functionArn })).qualifiers;
    } catch {
      return [];
    }
  }

  /** `aws` of the caller's ARN. */
  get partition(): string {
    return this.#accounts.identity?.arn.split(':')[1] ?? 'aws';
  }

  /** The ARN of something of this API: `prod/$connect`, `authorizers/abc123`. */
  arn(of: string): string {
    const region = this.#accounts.scope?.region ?? '';
    const account = this.#accounts.identity?.account ?? '';
    return `arn:${this.partition}:execute-api:${region}:${account}:${this.#apis.apiId ?? ''}/${of}`;
  }

  async matchPolicy() {
    this.policyError = undefined;
    try {
      this.matched = await this.#host.call('match_policy', {
        policy: this.policy,
        methodArn: this.arn(`${this.#apis.stageName ?? ''}/$connect`),
      });
    } catch (thrown) {
      this.matched = undefined;
      this.policyError = asError(thrown);
    }
  }
}
