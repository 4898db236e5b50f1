// After a deployment: connects once more and sends the last message again, so that what was changed is seen to work.
// It takes the next step whenever the conversation got further, and says how it went.
import type { Row } from '../host/rpc';
import type { Dial } from './dial.svelte';
import type { Session } from './session.svelte';

type Phase = 'idle' | 'closing' | 'connecting' | 'sending' | 'sent' | 'refused' | 'connected' | 'lost';

export class Again {
  #session: Session;
  #dial: Dial;
  #text: string | undefined;
  #id = $state<number>();
  phase = $state<Phase>('idle');
  /** The attempt or the message that was made. */
  row: Row | undefined = $derived.by(() => {
    void this.#session.rows.version;
    void this.phase;
    return this.#id === undefined ? undefined : this.#session.rows.byId(this.#id);
  });
  /** The first frame that came back after the message. */
  answer: Row | undefined = $derived.by(() => {
    const { rows } = this.#session;
    void rows.version;
    if (this.phase !== 'sent' || this.#id === undefined) return undefined;
    // A reply that is not among the next few is not told apart from what others pushed.
    for (let id = this.#id + 1; id <= this.#id + 8; id += 1) {
      const row = rows.byId(id);
      if (row?.kind === 'sent') return undefined;
      if (row?.kind === 'received') return row;
    }
    return undefined;
  });
  busy = $derived(['closing', 'connecting', 'sending'].includes(this.phase));

  constructor(session: Session, dial: Dial) {
    this.#session = session;
    this.#dial = dial;
  }

  forget() {
    this.phase = 'idle';
    this.#id = undefined;
  }

  begin(text: string | undefined) {
    this.#text = text;
    this.#id = undefined;
    if (this.#session.connection.kind === 'closed') return this.#connect();
    this.phase = 'closing';
    return this.#session.disconnect(1000);
  }

  /** What is sent while the connection is made anew goes out on the new one, in place of the last message. */
  instead(text: string): boolean {
    if (this.phase !== 'closing' && this.phase !== 'connecting') return false;
    this.#text = text;
    return true;
  }

  async #connect(): Promise<void> {
    this.phase = 'connecting';
    this.#id = await this.#session.connect(this.#dial);
    if (this.#id === undefined && this.phase === 'connecting') this.phase = 'lost';
    // Its row may have come before the answer that names it.
    return this.goOn();
  }

  async #send(text: string) {
    this.phase = 'sending';
    const id = await this.#session.send(text);
    if (this.phase !== 'sending') return;
    this.#id = id;
    this.phase = id === undefined ? 'lost' : 'sent';
  }

  /** The next step. */
  goOn(): Promise<void> | undefined {
    const { connection, dialling } = this.#session;
    if (this.phase === 'closing' && connection.kind === 'closed') return this.#connect();
    if (this.phase !== 'connecting' || dialling) return;
    if (connection.kind === 'open') {
      if (this.#text === undefined) this.phase = 'connected';
      else return this.#send(this.#text);
    } else if (connection.kind === 'closed' && this.row?.outcome === 'failed') this.phase = 'refused';
  }
}
