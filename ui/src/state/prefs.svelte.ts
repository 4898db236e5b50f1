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
  /** The window's edge by account, where somebody chose one. */
  edges?: Record<string, Edge>;
  /** Width of the pane beside a list in percent, where somebody chose one. */
  pane?: number;
  /** False: after a deployment nothing is connected and sent again. */
  again: boolean;
}

/** A line at the top of the window, for accounts in which a mistake hurts. */
export type Edge = 'none' | 'amber' | 'red';

export class Prefs {
  split = $state(50);
  composer = $state(92);
  account = $state<string>();
  regions = $state<Record<string, string>>({});
  edges = $state<Record<string, Edge>>();
  again = $state(true);
  pane = $state<number>();

  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Kept>;
      if (kept.split) this.split = kept.split;
      if (kept.composer) this.composer = kept.composer;
      this.account = kept.account;
      this.regions = kept.regions ?? {};
      this.edges = kept.edges;
      this.again = kept.again ?? true;
      this.pane = kept.pane;
    } catch {
      // A page without storage starts with the defaults.
    }
  }

  setPane(percent: number) {
    this.pane = percent;
    this.keep();
  }

  keep() {
    const { split, composer, account, regions, edges, again, pane } = this;
    try {
      const kept = { split, composer, account, regions, edges, again, pane } satisfies Kept;
      localStorage.setItem(key, JSON.stringify(kept));
    } catch {
      // Nothing depends on it.
    }
  }
}
