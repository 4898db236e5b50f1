// Every user command once: what it is called, its shortcut, when it is possible, what it does.
// The palette lists them, buttons and tooltips take their words and keys from here, and App.svelte runs them by key.
import { getContext, setContext } from 'svelte';
import type { IconName } from './parts/Icon.svelte';
import { forWhole } from './commands/apis';
import { forDoctor } from './commands/doctor';
import { forDomains } from './commands/domains';
import { editIntegrations } from './commands/edits';
import { forFailure, forRoute } from './commands/failure';
import { forGuards } from './commands/guards';
import { forLogs } from './commands/logs';
import { overlays, places } from './commands/places';
import { forSandbox } from './commands/sandbox';
import { forSession } from './commands/session';
import { forStage } from './commands/stage';
import type { App } from './state/app.svelte';

export interface Command {
  id: string;
  title: string;
  /** Second, quieter words. */
  detail?: string;
  group: 'For this failure' | 'Commands' | 'Go to';
  icon: IconName;
  shortcut?: string;
  /** Also while text is being typed. Chords with Mod always are. */
  possible: boolean;
  run(): unknown;
}

export function commands(app: App): Command[] {
  return [
    ...forFailure(app),
    ...forDoctor(app),
    ...forDomains(app),
    ...forRoute(app),
    ...editIntegrations(app),
    ...forSession(app),
    ...forLogs(app),
    ...forStage(app),
    ...overlays(app),
    ...forWhole(app),
    ...forGuards(app),
    ...forSandbox(app),
    ...places(app),
  ];
}

/** The commands of the moment, by id, for buttons. */
export interface Registry {
  readonly all: Command[];
  get(id: string): Command | undefined;
}

const key = Symbol('commands');
export const provideCommands = (registry: Registry) => setContext(key, registry);
export const useCommands = () => getContext<Registry>(key);
