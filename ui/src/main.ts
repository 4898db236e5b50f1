// Starts the window: finds its host, then draws.
import { mount } from 'svelte';
import './theme.css';
import Window from './App.svelte';
import { openHost } from './host/host';
import { App } from './state/app.svelte';

const target = document.getElementById('app');
if (target) {
  const app = new App(await openHost());
  mount(Window, { target, props: { app } });
  void app.start();
}
