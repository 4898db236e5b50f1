// A review being carried out, step by step. The sheet and the panel under a verdict both show one.
import type { Close, Host } from '../host/host';
import type { ApplyItem, Error, Finding, Problem, Review } from '../host/rpc';
import type { StepState } from '../words';

export class Run {
  review: Review;
  deploy: boolean;
  steps: StepState[] = $state([]);
  /** What a running step waits for. */
  waiting = $state<string>();
  startedAt = Date.now();
  state = $state<'running' | 'finished' | 'failed' | 'stopped'>('running');
  problem = $state.raw<Problem | Error>();
  /** Why it was refused, where AWS's words have a cause that can be removed. */
  finding = $state.raw<Finding>();
  deployment = $state<string>();
  /** As the history has it. */
  change = $state<number>();
  /** The API that was made, if one was. */
  apiId = $state<string>();
  #close: Close;
  #onEnd: (run: Run) => void;

  /** `onEnd` hears of every end: finished, failed or stopped. */
  constructor(host: Host, review: Review, deploy: boolean, onEnd: (run: Run) => void) {
    this.review = review;
    this.deploy = deploy;
    this.#onEnd = onEnd;
    this.steps = review.steps.map((step) => (step.deploys && !deploy ? 'left out' : 'next'));
    this.#close = host.stream(
      'open_apply',
      { review: review.id, deploy },
      (items) => items.forEach((item) => this.#take(item)),
      (error) => this.#ended(error),
    );
  }

  done = $derived(this.steps.filter((s) => s === 'done' || s === 'settling').length);
  wanted = $derived(this.steps.filter((s) => s !== 'left out').length);

  #take(item: ApplyItem) {
    switch (item.kind) {
      case 'started':
        this.waiting = undefined;
        this.steps[item.step] = 'running';
        break;
      case 'waiting':
        this.steps[item.step] = this.steps[item.step] === 'done' ? 'settling' : 'running';
        this.waiting = item.for;
        break;
      case 'done':
        this.waiting = undefined;
        this.steps[item.step] = 'done';
        break;
      case 'failed':
        // What came after a call that was made failed: the call stays made.
        if (this.steps[item.step] === 'running' || this.steps[item.step] === 'next')
          this.steps[item.step] = 'failed';
        this.problem = item.problem;
        this.finding = item.finding;
        this.change = item.change;
        this.#end('failed');
        break;
      case 'finished':
        this.deployment = item.deployment;
        this.change = item.change;
        this.apiId = item.apiId;
        this.#end('finished');
        break;
    }
  }

  #ended(error?: Error) {
    if (this.state !== 'running') return;
    this.problem = error ?? { code: 'internal', message: 'It ended before it said that it was done.' };
    this.#end('failed');
  }

  #end(state: 'finished' | 'failed' | 'stopped') {
    const ends: Partial<Record<StepState, StepState>> = {
      settling: 'done',
      running: 'under way',
      next: 'not sent',
    };
    this.steps = this.steps.map((s) => ends[s] ?? s);
    this.waiting = undefined;
    this.state = state;
    this.#onEnd(this);
  }

  /** Nothing is sent after the call that is under way. What was sent stays. */
  stop() {
    if (this.state !== 'running') return;
    this.#close();
    this.#end('stopped');
  }

  /** What was done and what was not sent, in words. */
  get account(): string {
    const named = (state: StepState) =>
      this.review.steps
        .filter((_, i) => this.steps[i] === state)
        .map((s) => s.operation)
        .join(', ');
    if (this.done === this.wanted)
      return `All of it was sent and stays${this.state === 'stopped' ? '; only the waiting ended' : ''}.`;
    // A call whose answer never came may have reached AWS.
    const lost = this.problem?.code === 'unreachable' ? named('failed') : '';
    const unsure = named('under way') || lost;
    const unsent = named('not sent');
    return [
      this.done > 0 && `${this.done} of ${this.wanted} done and kept.`,
      this.done === 0 && !unsure && 'Nothing was changed.',
      unsure && `${unsure} may have been done: nobody heard the answer.`,
      unsent && `Not sent: ${unsent}.`,
    ]
      .filter(Boolean)
      .join(' ');
  }
}
