import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import * as d from '../../testing/domains';
import { app, asked, blur, host, key, review } from '../../testing/window';
import { click, quiet, states, station, steps, wizard } from '../../testing/wizard';

describe('the line', () => {
  it('shows what each station will call before it does, and does only what was shown', async () => {
    await wizard();
    expect(states().slice(0, 3)).toEqual(['done', 'ready', 'later']);
    const here = station('certificate');
    expect(here.getAttribute('aria-current')).toBe('step');
    expect(here.textContent).toContain('RequestCertificate');
    expect(station('domain').textContent).toContain('CreateDomainName');
    await click(/^Request the certificate/, here);
    expect(asked('do_domain_step')[0]).toMatchObject({ goal: d.goal, making: 'm-certificate' });
    await waitFor(() => expect(station('validation').dataset.state).toBe('ready'));
    expect(station('certificate').textContent).toContain('arn:aws:acm');
  });

  it('does a step once, and not again before it has looked at the world', async () => {
    const view = d.doing('certificate');
    await wizard([view], { do_domain_step: () => ({ made: [] }) });
    await click(/^Request the certificate/, station('certificate'));
    await quiet();
    const button = within(station('certificate')).getByRole('button', {
      name: /^Request the certificate/,
    }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    host.last('watch_domain').push([{ ...view, lookedAt: d.started + 1 }]);
    await tick();
    expect(button.disabled).toBe(false);
    expect(steps()).toEqual(['m-certificate']);
  });

  it('says what it waits for, how long, and how long that usually takes', async () => {
    await wizard([d.waiting('validation', 'ACM has not seen the record yet.', 120_000)]);
    const here = station('validation');
    expect(here.textContent).toContain('ACM has not seen the record yet.');
    expect(here.textContent).toContain('48 s');
    expect(here.textContent).toContain('usually 2 min');
    expect(within(here).getByRole('progressbar')).toBeTruthy();
    expect(screen.getByText(/You can close Gatescope/)).toBeTruthy();
  });

  it('shows records to write by hand, expected against actual, with what is wrong', async () => {
    const records = [
      {
        name: '_a.api-ws.example.com',
        nameInZone: '_a.api-ws',
        type: 'CNAME',
        value: '_b.acm-validations.aws',
        actual: '_b.acm-validations.aws.example.com',
        trouble: 'The zone’s name stands in it twice.',
        right: false,
      },
    ];
    const view = d.aView({ kind: 'byHand', station: 'validation', records, lookAgainMs: 5000 });
    view.stations = view.stations.map((s) => (s.id === 'validation' ? { ...s, records } : s));
    await wizard([view]);
    const record = screen.getByTestId('record');
    expect(record.textContent).toContain('_b.acm-validations.aws.example.com');
    expect(station('validation').textContent).toContain('stands in it twice');
    await click(/^Copy name inside the zone/);
    expect(host.copied).toEqual(['_a.api-ws']);
  });

  it('that is blocked says why, what to do, and leads there', async () => {
    const view = d.aView({
      kind: 'blocked',
      station: 'alias',
      reason: 'noZone',
      words: 'No public zone holds example.com.',
      wayOut: 'Write the record where the zone is.',
    });
    const consent = { title: 'Write the records by hand', goal: { ...d.goal, dns: 'manual' as const } };
    view.stations = view.stations.map((s) => (s.id === 'alias' ? { ...s, consent } : s));
    await wizard([view]);
    expect(station('alias').textContent).toContain('No public zone holds example.com.');
    await click('Write the records by hand', station('alias'));
    expect(host.last('watch_domain').question).toMatchObject({ goal: { dns: 'manual' } });
  });

  it('takes a tick for what is overwritten, and leads where anything else is mended', async () => {
    const blocked = (reason: 'recordTaken' | 'notDeployed') =>
      d.aView({ kind: 'blocked', station: 'alias', reason, words: 'It is taken.', wayOut: 'Say so.' });
    const view = blocked('recordTaken');
    const consent = { title: 'Replace what stands there', goal: { ...d.goal, replaceRecords: true } };
    view.stations = view.stations.map((s) => (s.id === 'alias' ? { ...s, consent } : s));
    await wizard([view], { preview_deploy: () => review });
    await fireEvent.click(screen.getByRole('checkbox', { name: /^Replace what stands there/ }));
    expect(host.last('watch_domain').question).toMatchObject({ goal: { replaceRecords: true } });
    host.last('watch_domain').push([blocked('notDeployed')]);
    await tick();
    await click('Deploy…', station('alias'));
    expect(asked('preview_deploy')).toHaveLength(1);
  });

  it('replaces nothing without a tick of its own', async () => {
    const view = d.doing('alias', { replaces: ['api-ws.example.com is an A record to 192.0.2.7'] });
    await wizard([view]);
    const button = () =>
      within(station('alias')).getByRole('button', { name: /^Write the alias/ }) as HTMLButtonElement;
    expect(button().disabled).toBe(true);
    await click(/^Run all/);
    await quiet();
    expect(steps()).toEqual([]);
    expect(screen.getAllByText(/It stopped here: this step replaces/)).not.toEqual([]);
    await fireEvent.click(screen.getByRole('checkbox', { name: /^Replace it/ }));
    expect(host.last('watch_domain').question).toMatchObject({ goal: { replaceRecords: true } });
    expect(button().disabled).toBe(false);
    await click(/^Write the alias/, station('alias'));
    expect(asked('do_domain_step')[0]).toMatchObject({ goal: { replaceRecords: true }, making: 'm-alias' });
  });

  it('is told to who hears the screen, station by station', async () => {
    const play = await wizard();
    const told = () => screen.getByTestId('wizard-announcement').textContent;
    await waitFor(() => expect(told()).toContain('Certificate: next.'));
    play.go();
    await waitFor(() => expect(told()).toContain('Certificate: done.'));
    expect(told()).toContain('Validation: next.');
  });

  it('says why there is nothing newer, beside what was seen, until a look works again', async () => {
    const view = d.doing('certificate');
    const problem = {
      code: 'expired',
      message: 'The token has expired',
      hint: 'aws sso login --profile chat',
    };
    await wizard([{ ...view, problem }]);
    const said = screen.getByTestId('unseen').textContent;
    expect(said).toContain('The token has expired');
    expect(said).toContain('aws sso login --profile chat');
    expect(station('certificate')).toBeTruthy();
    host.last('watch_domain').push([view]);
    await tick();
    expect(screen.queryByTestId('unseen')).toBeNull();
  });

  it('goes by J and K, and its step by Ctrl+Enter', async () => {
    await wizard();
    await waitFor(() => expect(document.activeElement).toBe(station('certificate')));
    await key('j');
    expect(document.activeElement).toBe(station('validation'));
    await key('k');
    expect(document.activeElement).toBe(station('certificate'));
    await key('Enter', { ctrlKey: true });
    expect(steps()).toEqual(['m-certificate']);
  });

  it('shows nothing of the world as markup', async () => {
    const evil = '\u202e<b>x</b>';
    const view = d.doing('certificate', { effect: evil, title: evil });
    view.stations = view.stations.map((s) => ({ ...s, says: evil, made: [[evil, evil]] }));
    view.callbacks = [
      {
        routes: [evil],
        integrationId: 'i',
        says: evil,
        canFix: false,
        snippets: [{ language: evil, text: evil }],
      },
    ];
    view.verification = { at: 0, direct: d.chain('tls', evil), public: [] };
    await wizard([view]);
    expect(document.querySelector('[data-testid=station] b:not(.title)')).toBeNull();
    expect(document.body.textContent).not.toContain('\u202e');
  });
});

describe('by keys alone', () => {
  it('Esc leaves form and wizard, N begins anew at the first field, J goes on where nothing is focused', async () => {
    await wizard();
    await waitFor(() => expect(document.activeElement).toBe(station('certificate')));
    blur();
    await key('j');
    expect(document.activeElement).toBe(station('validation'));
    await key('n');
    const name = () => screen.getByRole('combobox', { name: 'Domain name' });
    await waitFor(() => expect(document.activeElement).toBe(name()));
    blur();
    await key('n');
    await waitFor(() => expect(document.activeElement).toBe(name()));
    await key('Escape');
    expect(document.activeElement).toBe(document.body);
    await key('Escape');
    await screen.findAllByTestId('station');
    blur();
    await key('Escape');
    await screen.findByRole('tab', { name: /^Domains/ });
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.testid).toBe('domain'));
  });

  it('a sheet keeps them from what lies behind it', async () => {
    const view = d.doing('certificate');
    await wizard([{ ...view, made: ['the zone'] }], {
      preview_domain_undo: () => ({ id: 'u1', steps: [], keeps: [] }),
    });
    await click('Roll back…');
    await screen.findByTestId('roll-back');
    await key('Enter', { ctrlKey: true });
    await key('A', { shiftKey: true });
    expect(steps()).toEqual([]);
    expect(app.domains.wizard?.all).toBe(false);
  });
});

describe('all writing steps', () => {
  it('run one after the other as they come due, wait with the world, and end when it answers', async () => {
    const play = await wizard();
    expect(screen.getByText(/as far as it is known now: 5 calls/)).toBeTruthy();
    await click(/^Run all/);
    await waitFor(() => expect(station('validation').dataset.state).toBe('waiting'));
    expect(steps()).toEqual(['m-certificate', 'm-validation']);
    expect(screen.getByRole('button', { name: /^Stop after this step/ })).toBeTruthy();
    play.go();
    await waitFor(() => expect(station('verify').dataset.state).toBe('waiting'));
    expect(steps()).toEqual(['m-certificate', 'm-validation', 'm-domain', 'm-mapping', 'm-alias']);
    play.go();
    await screen.findByRole('button', { name: 'Connect with it' });
    expect(app.domains.wizard?.all).toBe(false);
  });

  it('go on while another screen is open', async () => {
    const play = await wizard();
    app.domains.wizard?.runAll();
    await waitFor(() => expect(steps()).toHaveLength(2));
    app.go('logs');
    await tick();
    play.go();
    await waitFor(() => expect(steps()).toHaveLength(5));
    expect(screen.getByTestId('wizard-state').textContent).toContain('the wizard goes on');
  });

  it('stop at a step that AWS refuses, and say what it said', async () => {
    await wizard(d.run, {
      do_domain_step: () => {
        throw { code: 'refused', message: 'LimitExceededException: too many certificates' };
      },
    });
    await click(/^Run all/);
    await screen.findByText('LimitExceededException: too many certificates');
    expect(app.domains.wizard?.all).toBe(false);
    expect(steps()).toHaveLength(1);
  });

  it('stop where a person is needed, and never do the same step twice by themselves', async () => {
    const again = d.doing('certificate');
    await wizard([again], { do_domain_step: () => ({ made: [] }) });
    await click(/^Run all/);
    await quiet();
    // AWS may tell of it late.
    for (let look = 1; look <= 3; look += 1) {
      host.last('watch_domain').push([{ ...again, lookedAt: d.started + look }]);
      await quiet();
      expect(app.domains.wizard?.all).toBe(true);
    }
    host.last('watch_domain').push([{ ...again, lookedAt: d.started + 4 }]);
    await quiet();
    expect(steps()).toHaveLength(1);
    expect(screen.getAllByText(/was done already/)).not.toEqual([]);
  });

  it('look anew after each step, so that neither an old look nor one that shows nothing new stops them', async () => {
    const made = (id: string) => ({ made: [[id, id]] as [string, string][] });
    const first = d.doing('certificate');
    await wizard([first], {
      do_domain_step: ({ making }) => {
        // A look that began before the step, and ends after it.
        if (making === 'm-certificate')
          host.last('watch_domain').push([{ ...first, made: ['the certificate'], lookedAt: d.started + 1 }]);
        return made(making);
      },
    });
    const before = host.last('watch_domain');
    await click(/^Run all/);
    await quiet();
    expect(before.closed).toBe(true);
    const after = host.last('watch_domain');
    expect(after).not.toBe(before);
    after.push([d.doing('validation')]);
    await quiet();
    expect(steps()).toEqual(['m-certificate', 'm-validation']);
    expect(app.domains.wizard?.all).toBe(true);
  });

  it('wait where a look failed, with what was seen last, and go on with the next one', async () => {
    await wizard([d.doing('certificate')], { do_domain_step: () => ({ made: [] }) });
    await click(/^Run all/);
    await quiet();
    // The first look of a stream that fails has seen nothing at all.
    const next = { kind: 'read' as const, station: 'preFlight' as const, what: 'the API' };
    const problem = { code: 'throttled' as const, message: 'Rate exceeded' };
    host.last('watch_domain').push([d.aView(next, { problem })]);
    await quiet();
    expect(screen.getByTestId('unseen').textContent).toContain('Rate exceeded');
    expect(station('certificate').dataset.state).toBe('ready');
    expect(steps()).toEqual(['m-certificate']);
    host.last('watch_domain').push([d.doing('validation')]);
    await quiet();
    expect(screen.queryByTestId('unseen')).toBeNull();
    expect(steps()).toEqual(['m-certificate', 'm-validation']);
  });

  it('go on where the looks had ended, and where the world had moved on', async () => {
    let refused = 0;
    await wizard([d.doing('certificate')], {
      do_domain_step: ({ making }) => {
        if (making === 'm-domain' && (refused += 1) === 1)
          throw { code: 'conflict', message: 'the world moved on' };
        return { made: [] };
      },
    });
    const ended = host.last('watch_domain');
    ended.end();
    ended.closed = true;
    await screen.findByText(/It looks no more/);
    await click(/^Run all/);
    await quiet();
    expect(screen.queryByText(/It looks no more/)).toBeNull();
    host.last('watch_domain').push([d.doing('certificate')]);
    await quiet();
    host.last('watch_domain').push([d.doing('domain')]);
    await quiet();
    host.last('watch_domain').push([d.doing('domain')]);
    await quiet();
    host.last('watch_domain').push([d.doing('mapping')]);
    await quiet();
    expect(steps()).toEqual(['m-certificate', 'm-domain', 'm-domain', 'm-mapping']);
    expect(app.domains.wizard?.stepError).toBeUndefined();
  });

  it('are not offered while the account is locked', async () => {
    await wizard();
    const listed = app.accounts.listed;
    if (!listed) throw new Error('no accounts');
    app.accounts.listed = { ...listed, accounts: listed.accounts.map((a) => ({ ...a, locked: true })) };
    await tick();
    expect((screen.getByRole('button', { name: /^Run all/ }) as HTMLButtonElement).disabled).toBe(true);
    expect(station('certificate').textContent).toContain('This account is locked');
  });

  it('end when the wizard is left: its stream is closed, and nothing is taken back', async () => {
    await wizard();
    const stream = host.last('watch_domain');
    await click('Stop here');
    expect(stream.closed).toBe(true);
    expect(app.domains.wizard).toBeUndefined();
    expect(asked('undo_domain')).toEqual([]);
  });
});

describe('an address that answers', () => {
  const wrong = {
    routes: ['sendmessage'],
    integrationId: 'integr4',
    says: 'builds https://{domain}/{stage}, and the path is chat here.',
    canFix: true,
    snippets: [
      { language: 'Node.js', text: 'const a = 1;' },
      { language: 'Python', text: 'a = 1' },
    ],
  };

  it('is proven link by link, and a broken link is told', async () => {
    const verification = {
      at: d.started,
      direct: d.chain(),
      public: d.chain('resolve', 'No such name yet.'),
    };
    await wizard([d.aView({ kind: 'verify', direct: true }, { verification })]);
    const [direct, open] = screen.getAllByTestId('chain');
    expect(direct?.querySelectorAll('[data-state=holds]')).toHaveLength(5);
    expect(open?.textContent).toContain('Resolve broke. No such name yet.');
    expect(open?.querySelectorAll('[data-state=notTried]')).toHaveLength(4);
  });

  it('leads to Connect where the address stands and $connect refuses, and tells what breaks both ways once', async () => {
    const says = 'Refused with 500 (Internal server error).';
    const verification = {
      at: d.started,
      direct: d.chain('upgrade', says),
      public: d.chain('upgrade', says),
    };
    const next = {
      kind: 'blocked' as const,
      station: 'verify' as const,
      reason: 'doesNotAnswer' as const,
      words: 'Its $connect refuses.',
      wayOut: 'Connect with it: the verdict names the cause.',
    };
    await wizard([d.aView(next, { verification })]);
    expect(screen.getAllByText(says, { exact: false, selector: 'p' })).toHaveLength(1);
    await click('Connect with it', station('verify'));
    await waitFor(() => expect(app.screen).toBe('connect'));
    expect(app.dial.url).toBe('wss://api-ws.example.com/chat');
  });

  it('offers a step that AWS refused once more, as it was shown', async () => {
    const view = d.aView({
      kind: 'blocked',
      station: 'domain',
      reason: 'quota',
      words: 'A quota of this account is used up.',
      wayOut: 'Remove what is not needed any more.',
    });
    const making = d.doing('domain').stations.find((s) => s.id === 'domain')?.making;
    view.stations = view.stations.map((s) => (s.id === 'domain' && making ? { ...s, making } : s));
    await wizard([view]);
    await click('Try it again', station('domain'));
    expect(asked('do_domain_step')).toMatchObject([{ making: making?.id }]);
  });

  it('is tried with a message of one’s own, by Enter, and tells what came back', async () => {
    const says = 'Answered: {"joined":"developers"}';
    await wizard([d.answers()], {
      verify_domain: ({ message }) => ({
        at: d.started,
        direct: d.chain(),
        public: d.chain().map((c) => (c.kind === 'message' && message !== undefined ? { ...c, says } : c)),
      }),
    });
    const here = station('verify');
    expect(within(here).getByTestId('came-back').textContent).toBe('message is as it shall be.');
    const field = within(here).getByRole<HTMLInputElement>('combobox', { name: 'Message' });
    expect(JSON.parse(field.value), 'one that finds a route stands there').toHaveProperty('action');
    await fireEvent.input(field, { target: { value: '' } });
    await click('Send a ping', here);
    await fireEvent.input(field, { target: { value: '{"action":"joinroom"}' } });
    // Enter in the field is its form's submit.
    await click('Send it', here);
    await waitFor(() => expect(within(here).getByTestId('came-back').textContent).toBe(says));
    expect(asked('verify_domain')).toEqual([
      { scope: app.accounts.scope, goal: d.goal },
      { scope: app.accounts.scope, goal: d.goal, message: '{"action":"joinroom"}' },
    ]);
  });

  it('tells the callback address once, to copy', async () => {
    await wizard([d.answers()]);
    const text = station('callback').textContent ?? '';
    expect(text.split('https://api-ws.example.com/chat').length - 1).toBe(1);
  });

  it('is connected with, on the same stage', async () => {
    await wizard([d.answers()]);
    await click('Connect with it');
    await waitFor(() => expect(asked('connect')[0]).toMatchObject({ url: 'wss://api-ws.example.com/chat' }));
    expect(app.screen).toBe('connect');
  });

  it('shows wrong callbacks with the code, and their fix as a review', async () => {
    await wizard([d.answers({ callbacks: [wrong] })], { preview_callback_fix: () => review });
    const here = screen.getByTestId('wrong-callback');
    expect(here.textContent).toContain('sendmessage');
    expect(here.textContent).toContain('const a = 1;');
    await fireEvent.click(within(here).getByRole('tab', { name: 'Python' }));
    expect(here.textContent).toContain('a = 1');
    await click(/^Copy callback address/);
    expect(host.copied).toEqual(['https://api-ws.example.com/chat/@connections/{connectionId}']);
    await click('Fix…', station('callback'));
    expect(asked('preview_callback_fix')[0]).toMatchObject({ goal: d.goal });
    expect(await screen.findByTestId('review')).toBeTruthy();
  });

  it('proves that the generated endpoint is refused', async () => {
    await wizard([d.answers()], {
      preview_endpoint_off: () => review,
      prove_endpoint_off: () => ({
        url: 'wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com/prod',
        check: { kind: 'upgrade', state: 'holds', says: 'is refused with 403 Forbidden.', tookMs: 9 },
      }),
    });
    await click('Disable the generated endpoint…');
    await screen.findByTestId('review');
    await click(/^Apply and deploy/);
    host.last('open_apply').push([{ kind: 'finished', change: 7 }]);
    await vi.waitFor(() => expect(asked('prove_endpoint_off')).toHaveLength(1));
    expect((await screen.findByTestId('endpoint-proof')).textContent).toContain('403 Forbidden');
  });

  it('is handed over as text, to copy and to save', async () => {
    await wizard([d.answers()], {
      hand_over_domain: ({ format }) => ({ fileName: `x.${format}`, text: `as ${format}` }),
      save_file: ({ name }) => ({ path: `/downloads/${name}` }),
    });
    await click('Hand over…');
    await screen.findByText('as cloudFormation');
    await fireEvent.click(screen.getByRole('tab', { name: 'Terraform' }));
    await screen.findByText('as terraform');
    await click('Save');
    await screen.findByText('/downloads/x.terraform');
    expect(asked('save_file')).toEqual([{ name: 'x.terraform', text: 'as terraform' }]);
  });

  it('is rolled back only after the calls and what stays were shown', async () => {
    const certificate = d.makings.certificate;
    await wizard([d.answers()], {
      preview_domain_undo: () => ({
        id: 'u1',
        steps: certificate?.steps ?? [],
        keeps: ['the zone example.com was there before'],
      }),
      undo_domain: () => ({ made: [['certificate', 'arn:1']] }),
    });
    await click('Roll back…');
    const sheet = await screen.findByTestId('roll-back');
    await within(sheet).findByText('the zone example.com was there before');
    expect(asked('undo_domain')).toEqual([]);
    await click('Roll back with 1 call', sheet);
    await within(sheet).findByText('Rolled back.');
    expect(asked('undo_domain')[0]).toMatchObject({ undo: 'u1', goal: d.goal });
  });
});
