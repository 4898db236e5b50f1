// A review being carried out, step by step. The sheet and the panel under a verdict both show one.
import type { Close, Host } from '../host/host';
import type { ApplyItem, Error, Problem, Review } from '../host/rpc';

export type StepState = 'next' | 'running' | 'done' | 'failed' | 'left out';

export class Run {
  review: Review;
  deploy: boolean;
  steps: StepState[] = $state([]);
  /** What a running step waits for. */
  waiting = $state<string>();
  startedAt = Date.now();
  state = $state<'running' | 'finished' | 'failed' | 'stopped'>('running');
  problem = $state.raw<Problem | Error>();
  deployment = $state<string>();
  #close: Close;
  #onFinished: (run: Run) => void;

  constructor(host: Host, review: Review, deploy: boolean, onFinished: (run: Run) => void) {
    this.review = review;
    this.deploy = deploy;
    this.#onFinished = onFinished;
    this.steps = review.steps.map((step) => (step.deploys && !deploy ? 'left out' : 'next'));
    this.#close = host.stream(
      'open_apply',
      { review: review.id, deploy },
      (items) => items.forEach((item) => this.#take(item)),
      (error) => this.#ended(error),
    );
  }

  done = $derived(this.steps.filter((s) => s === 'done').length);
  wanted = $derived(this.steps.filter((s) => s !== 'left out').length);

  #take(item: ApplyItem) {
    switch (item.kind) {
      case 'started':
        this.waiting = undefined;
        this.steps[item.step] = 'running';
        break;
      case 'waiting':
        this.steps[item.step] = 'running';
        this.waiting = item.for;
        break;
      case 'done':
        this.waiting = undefined;
        this.steps[item.step] = 'done';
        break;
      case 'failed':
        this.waiting = undefined;
        this.steps[item.step] = 'failed';
        this.problem = item.problem;
        this.state = 'failed';
        break;
      case 'finished':
        this.waiting = undefined;
        this.deployment = item.deployment;
        this.state = 'finished';
        this.#onFinished(this);
        break;
    }
  }

  #ended(error?: Error) {
    if (this.state !== 'running') return;
    this.waiting = undefined;
    this.state = 'failed';
    this.problem = error ?? { code: 'internal', message: 'It ended before it said that it was done.' };
  }

  /** Sends nothing more. What was sent stays. */
  stop() {
    if (this.state !== 'running') return;
    this.#close();
    this.waiting = undefined;
    this.state = 'stopped';
  }

  /** What was and was not sent, in words. */
  get account(): string {
    if (this.done === 0)
      return this.state === 'failed' ? 'Nothing was changed.' : 'Nothing has been sent to AWS yet.';
    return `${this.done} of ${this.wanted} done.`;
  }
}
