// The custom domains of a region, the form of a new one, and the wizard that is open. Rust reads and judges; here is what
// it said last, and what is looked at. The wizard goes on while another screen is open, and ends with the scope.
import { asError, type Host } from '../host/host';
import type {
  CertificateRow,
  DnsHost,
  DomainList,
  DomainRow,
  Error,
  Goal,
  OfStage,
  Scope,
} from '../host/rpc';
import { hostOf, hostTrouble, isWildcard, keyTrouble, nameOf, nameTrouble } from './goal';
import { Wizard } from './wizard.svelte';

export type DomainsPane = 'domains' | 'certificates';

export class Domains {
  #host: Host;
  #asked = 0;
  #of: Scope | undefined;
  list = $state.raw<DomainList>();
  error = $state.raw<Error>();
  reading = $state(false);
  pane = $state<DomainsPane>('domains');
  /** What the screen shows: the list with its details, the form, or the wizard. */
  at = $state<'list' | 'form' | 'wizard'>('list');
  chosen = $state<string>();
  chosenCertificate = $state<string>();
  filter = $state('');
  wizard = $state.raw<Wizard>();

  /** How often the form was begun: each time with its own first field. */
  begun = $state(0);
  name = $state('');
  key = $state('');
  /** What is dialled below a wildcard. */
  below = $state('');
  stage = $state('');
  /** A person's word about where the zone is; absent: as the zones say. */
  said = $state<DnsHost>();
  dualStack = $state(false);

  dns: DnsHost = $derived(this.said ?? hostOf(this.name, this.list?.zones ?? []));
  nameTrouble = $derived(nameTrouble(this.name));
  keyTrouble = $derived(keyTrouble(this.key));
  belowTrouble = $derived(hostTrouble(this.name, this.below));
  canBegin = $derived(
    nameOf(this.name) !== '' &&
      !this.nameTrouble &&
      !this.keyTrouble &&
      !this.belowTrouble &&
      this.stage !== '',
  );
  domain: DomainRow | undefined = $derived.by(
    () => this.list?.domains.find((d) => d.domainName === this.chosen) ?? this.list?.domains[0],
  );
  certificate: CertificateRow | undefined = $derived.by(() => {
    const all = this.list?.certificates;
    return all?.find((c) => c.certificate.arn === this.chosenCertificate) ?? all?.[0];
  });

  constructor(host: Host) {
    this.#host = host;
  }

  /** Another scope has other domains, and no wizard of this one goes on there. */
  enter(scope: Scope | undefined) {
    if (scope?.account === this.#of?.account && scope?.region === this.#of?.region) return;
    this.#of = scope;
    this.#asked += 1;
    this.list = undefined;
    this.error = undefined;
    this.leaveWizard();
  }

  async read(scope: Scope | undefined) {
    this.enter(scope);
    if (!scope) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.reading = true;
    this.error = undefined;
    try {
      const list = await this.#host.call('list_domains', scope);
      if (asked === this.#asked) this.list = list;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asError(thrown);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  look(domainName: string) {
    this.pane = 'domains';
    this.at = 'list';
    this.chosen = domainName;
  }

  /** The form, empty or with what is known already. */
  beginNew(stage: string | undefined, goal?: Partial<Goal>) {
    this.name = goal?.domainName ?? '';
    this.key = goal?.key ?? '';
    this.below = goal?.host ?? '';
    this.stage = goal?.stage ?? stage ?? '';
    this.said = goal?.dns;
    this.dualStack = goal?.dualStack ?? false;
    this.begun += 1;
    this.at = 'form';
  }

  /** What the form asks for. */
  goal(apiId: string): Goal {
    const domainName = nameOf(this.name);
    return {
      apiId,
      stage: this.stage,
      domainName,
      host: isWildcard(domainName) ? nameOf(this.below) : '',
      key: this.key,
      dns: this.dns,
      dualStack: this.dualStack,
      replaceRecords: false,
    };
  }

  /** Looks at the world for that goal; nothing is made by it. */
  open(scope: Scope, goal: Goal) {
    this.leaveWizard();
    this.wizard = new Wizard(this.#host, scope, goal, () => void this.read(this.#of));
    this.at = 'wizard';
  }

  begin(of: OfStage) {
    if (this.canBegin) this.open(of.scope, this.goal(of.apiId));
  }

  leaveWizard() {
    this.wizard?.leave();
    this.wizard = undefined;
    if (this.at === 'wizard') this.at = 'list';
  }
}
