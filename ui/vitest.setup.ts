// What jsdom lacks and the components use.
import { configure } from '@testing-library/svelte';

class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= Observer as unknown as typeof ResizeObserver;
Element.prototype.scrollIntoView ??= () => {};
HTMLDialogElement.prototype.showModal = function () {
  this.setAttribute('open', '');
};
HTMLDialogElement.prototype.close = function () {
  this.removeAttribute('open');
};

// As long as a busy machine needs; a wait ends as soon as its state is there.
configure({ asyncUtilTimeout: 5_000 });
