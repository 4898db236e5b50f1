// "Why is there no log?": asked about a row, or about the stage as a whole.
import { asError, type Host } from '../host/host';
import type { Error, NoLog as Answer, WhyNoLog } from '../host/rpc';

export class NoLog {
  #host: Host;
  #question: WhyNoLog | undefined;
  #asked = 0;
  answer = $state.raw<Answer>();
  error = $state.raw<Error>();
  asking = $state(false);

  constructor(host: Host) {
    this.#host = host;
  }

  async ask(question: WhyNoLog | undefined = this.#question) {
    if (!question) return;
    this.#question = question;
    this.#asked += 1;
    const asked = this.#asked;
    this.answer = undefined;
    this.error = undefined;
    this.asking = true;
    try {
      const answer = await this.#host.call('explain_no_log', question);
      if (asked === this.#asked) this.answer = answer;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asError(thrown);
    } finally {
      if (asked === this.#asked) this.asking = false;
    }
  }
}
