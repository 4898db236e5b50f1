// Where a list that is longer than any element can be stands: its height, its place, and who moved it there.
import { tick } from 'svelte';

/** Beyond 2^24 px engines lose whole pixels; a longer list is scrolled by a scale. */
const tallest = 16_000_000;

export class LongScroll {
  /** The element that scrolls. */
  element = $state<HTMLElement>();
  /** Its own `scrollTop`. */
  top = $state(0);
  /** What is seen of the list. */
  height = $state(440);
  #total: () => number;
  #asked = -1;

  constructor(total: () => number) {
    this.#total = total;
  }

  /** How tall what scrolls is drawn. */
  spacer = $derived.by(() => Math.min(this.#total(), tallest));
  #scale = $derived.by(() =>
    this.spacer <= this.height ? 1 : (this.#total() - this.height) / (this.spacer - this.height),
  );
  /** The first pixel of the list that is seen. */
  y = $derived.by(() => Math.max(0, Math.min(this.top * this.#scale, this.#total() - this.height)));

  to(px: number) {
    if (!this.element) return;
    this.#asked = Math.min(Math.max(0, px), Math.max(0, this.#total() - this.height)) / this.#scale;
    this.settle();
    // A list that grows in this round has its height only after it.
    if (this.top + 1 < this.#asked) void tick().then(() => this.settle());
  }

  /** As little as needed for this part to be seen; false if it is already. */
  show(from: number, to: number): boolean {
    if (from >= this.y && to <= this.y + this.height) return false;
    this.to(from < this.y ? from : to - this.height);
    return true;
  }

  settle() {
    if (!this.element || this.#asked < 0) return;
    this.element.scrollTop = this.#asked;
    this.top = this.element.scrollTop;
  }

  /** It scrolled; true if a person did it. */
  scrolled(): boolean {
    if (!this.element) return false;
    this.top = this.element.scrollTop;
    if (Math.abs(this.top - this.#asked) < 2) return false;
    this.#asked = -1;
    return true;
  }

  /** Whether it is seen from here on, give or take. */
  isAt(px: number) {
    return this.top * this.#scale >= px - 4;
  }
}
