// What the window remembers between starts: sizes, and the last account with its region. Never remote or secret text.

const key = 'gatescope.window';

interface Kept {
  /** Width of the conversation in percent of both panes. */
  split: number;
  /** Height of the composer's text in px. */
  composer: number;
  /** The last account, as in `Scope::account`. */
  account?: string;
  /** The last region of each account. */
  regions: Record<string, string>;
  /** False: after a deployment nothing is connected and sent again. */
  again: boolean;
}

export class Prefs {
  split = $state(50);
  composer = $state(92);
  account = $state<string>();
  regions = $state<Record<string, string>>({});
  again = $state(true);

  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Kept>;
      if (kept.split) this.split = kept.split;
      if (kept.composer) this.composer = kept.composer;
      this.account = kept.account;
      this.regions = kept.regions ?? {};
      this.again = kept.again ?? true;
    } catch {
      // A page without storage starts with the defaults.
    }
  }

  keep() {
    const { split, composer, account, regions, again } = this;
    try {
      localStorage.setItem(key, JSON.stringify({ split, composer, account, regions, again } satisfies Kept));
    } catch {
      // Nothing depends on it.
    }
  }
}
