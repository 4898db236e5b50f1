// What is done on the Doctor screen: check again, and the one thing about the finding that is looked at.
import type { Command } from '../commands';
import { oneLine } from '../format';
import { actionWords, mend } from '../state/places';
import type { App } from '../state/app.svelte';
import { lockedWords } from '../words';

export function forDoctor(app: App): Command[] {
  const { doctor, apis } = app;
  const here = app.screen === 'doctor';
  const check: Command = {
    id: 'check-api',
    title: 'Check the API',
    detail: 'everything that is wrong before anyone connects',
    group: 'Commands',
    icon: 'doctor',
    ...(here && { shortcut: 'R' }),
    possible: apis.ofStage !== undefined && !doctor.reading,
    run: () => {
      app.go('doctor');
      return doctor.check(apis.ofStage);
    },
  };
  const { flaw } = doctor;
  const words = actionWords(flaw?.action);
  if (!here || !flaw || !words) return [check];
  const writes = flaw.action?.kind !== 'setVariable';
  return [
    {
      id: 'mend-flaw',
      title: words,
      detail: writes && app.accounts.locked ? lockedWords : oneLine(flaw.title),
      group: 'Commands',
      icon: 'fix',
      shortcut: 'F',
      possible: !(writes && app.accounts.locked),
      run: () => mend(app, flaw),
    },
    check,
  ];
}
