import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import * as d from '../../testing/domains';
import { chat } from '../../testing/fakeHost';
import { app, asked, blur, host, key, open } from '../../testing/window';
import { click, domains, none } from '../../testing/wizard';

describe('the list of domains', () => {
  it('tells where each leads, how it is found, and the worst about it', async () => {
    await domains();
    const [good, ill] = screen.getAllByTestId('domain');
    expect(good?.textContent).toContain('/chat → my-chat-app-gw-1 / prod');
    expect(good?.textContent).toContain('healthy');
    expect(ill?.textContent).toContain('broken: It leads nowhere');
    expect(ill?.textContent).toContain('and 1 more');
    expect(ill?.textContent).toContain('TLS 1.0');
  });

  it('that is empty teaches what comes, and begins it', async () => {
    await domains({ list_domains: () => none });
    expect(screen.getByText('No custom domain yet.')).toBeTruthy();
    expect(screen.getByRole('tabpanel').textContent).toContain('10 minutes of waiting and 6 clicks');
    await click(/^New domain/, screen.getByRole('tabpanel'));
    expect(screen.getByRole('form', { name: 'New domain' })).toBeTruthy();
  });

  it('stands where no WebSocket API is, and a new one says what comes first', async () => {
    await open({ list_apis: () => [], list_domains: () => d.list });
    await screen.findByText(/^No WebSocket API in us-east-1/);
    await key('g');
    await key('o');
    expect(await screen.findAllByTestId('domain')).toHaveLength(2);
    await key('n');
    const form = screen.getByRole('form', { name: 'New domain' });
    expect(form.textContent).toMatch(/us-east-1 has\s+none yet/);
    expect((within(form).getByRole('button', { name: 'Begin' }) as HTMLButtonElement).disabled).toBe(true);
    await click(/^New API/, form);
    expect(app.screen).toBe('apis');
  });

  it('takes the stage that is looked at once it is read, where the form was open before', async () => {
    let read: (view: typeof chat) => void = () => {};
    await open({ list_domains: () => none, read_api: () => new Promise((resolve) => (read = resolve)) });
    app.go('domains');
    await key('n');
    const form = await screen.findByRole('form', { name: 'New domain' });
    const begin = within(form).getByRole('button', { name: 'Begin' }) as HTMLButtonElement;
    app.domains.name = 'chat.example.com';
    await tick();
    expect(begin.disabled).toBe(true);
    read(chat);
    await waitFor(() => expect(begin.disabled).toBe(false));
  });

  it('shows nothing of AWS as markup or out of its direction', async () => {
    const evil = '\u202e<img src=x onerror=alert(1)>\n\u0007';
    const [first] = d.list.domains;
    if (!first) throw new Error('none');
    const domain = {
      ...first,
      dns: evil,
      health: [{ broken: true, says: evil }],
      mappings: first.mappings.map((m) => ({ ...m, apiName: evil })),
    };
    await domains({ list_domains: () => ({ ...d.list, domains: [domain], unread: [evil] }) });
    await screen.findByTestId('domain');
    expect(document.querySelector('img')).toBeNull();
    expect(document.body.textContent).not.toMatch(/[\u202e\u0007]/);
    expect(document.body.textContent).toContain('⟨U+202E⟩');
  });

  it('edits mappings as a draft, says what AWS would refuse, and opens one in Connect', async () => {
    await domains({
      describe_draft: ({ base, draft }) => {
        const of = (s: typeof base) => s.surroundings?.domains?.[0]?.mappings ?? [];
        const changed = JSON.stringify(of(base)) !== JSON.stringify(of(draft));
        return {
          changes: changed
            ? [
                {
                  kind: 'mapping',
                  parent: 'chat.example.org',
                  id: 'map001',
                  sign: '~',
                  label: 'mapping',
                  words: ['its key changes'],
                  members: ['apiMappingKey'],
                },
              ]
            : [],
          problems: of(draft).some((m) => m.apiMappingKey.includes('/'))
            ? [
                {
                  kind: 'mapping',
                  parent: 'chat.example.org',
                  id: 'map001',
                  member: 'apiMappingKey',
                  text: 'one level only',
                  refused: true,
                },
              ]
            : [],
        };
      },
    });
    const input = (await screen.findByRole('textbox', {
      name: 'Key of the mapping to prod',
    })) as HTMLInputElement;
    await fireEvent.input(input, { target: { value: 'chat/v1' } });
    await screen.findByText('one level only');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    await click(/^Add a mapping/);
    const added = app.draft.to?.surroundings?.domains?.[0]?.mappings[1];
    expect(added).toMatchObject({ apiMappingKey: '', apiId: '3fmvso4h96', stage: 'prod' });
    await click('Remove the mapping of the root');
    expect(app.draft.to?.surroundings?.domains?.[0]?.mappings).toHaveLength(1);
    await click('Open in Connect');
    expect(app.screen).toBe('connect');
    await waitFor(() => expect(asked('connect')[0]).toMatchObject({ url: 'wss://chat.example.org/chat' }));
  });

  it('goes on with a domain that stands, from its mapping', async () => {
    await domains();
    await click('Continue the wizard');
    expect(host.last('watch_domain').question).toMatchObject({
      goal: { domainName: 'chat.example.org', key: 'chat', stage: 'prod', dns: 'route53' },
    });
  });

  it('has the certificates beside it', async () => {
    const [first] = d.list.domains;
    if (!first?.certificate) throw new Error('none');
    const health = [{ broken: false, says: 'It expires in 20 days.' }];
    const certificates = [{ certificate: first.certificate, health }];
    await domains({ list_domains: () => ({ ...d.list, certificates }) });
    await fireEvent.click(screen.getByRole('tab', { name: /^Certificates/ }));
    expect(screen.getByTestId('certificate').textContent).toContain('mind: It expires in 20 days.');
  });
});

describe('the form', () => {
  it('takes the stage from the window and DNS from the zones, and asks for nothing but a name', async () => {
    await domains({ list_domains: () => none });
    blur();
    await key('n');
    const name = screen.getByRole('combobox', { name: 'Domain name' }) as HTMLInputElement;
    expect(document.activeElement).toBe(name);
    await fireEvent.input(name, { target: { value: 'API-ws.Example.com.' } });
    expect(screen.getByRole('form').textContent).toContain('into the zone example.com');
    await fireEvent.submit(screen.getByRole('form'));
    expect(host.last('watch_domain').question).toMatchObject({
      goal: { ...d.goal, key: '', domainName: 'api-ws.example.com', stage: 'prod', dns: 'route53' },
    });
  });

  it('chooses DNS elsewhere where no zone fits, and keeps a person’s word', async () => {
    await domains();
    app.domains.beginNew('prod');
    app.domains.name = 'chat.example.net';
    await tick();
    expect(app.domains.dns).toBe('manual');
    await fireEvent.click(screen.getByRole('radio', { name: 'Route 53' }));
    expect(app.domains.dns).toBe('route53');
    app.domains.name = 'chat.example.info';
    expect(app.domains.dns).toBe('route53');
  });

  it('refuses what AWS would refuse before it begins, and asks below a wildcard', async () => {
    await domains();
    app.domains.beginNew('prod');
    app.domains.name = 'chat.example.com';
    app.domains.key = 'a/b';
    await tick();
    const begin = screen.getByRole('button', { name: 'Begin' }) as HTMLButtonElement;
    expect(begin.disabled).toBe(true);
    expect(screen.getByRole('form').textContent).toContain('One level only');
    app.domains.key = '';
    app.domains.name = '*.example.com';
    await tick();
    expect(begin.disabled).toBe(true);
    const below = screen.getByRole('textbox', { name: 'Dialled as' });
    await fireEvent.input(below, { target: { value: 'chat.example.com' } });
    expect(begin.disabled).toBe(false);
  });
});
