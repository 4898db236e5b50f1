import { describe, expect, it } from 'vitest';
import { completions, hostOf, hostTrouble, keyTrouble, nameOf, nameTrouble, urlOf, zoneOf } from './goal';

describe('a name that is typed', () => {
  it('is taken as DNS compares names', () => {
    expect(nameOf(' Chat.Example.COM. ')).toBe('chat.example.com');
    expect(nameTrouble('')).toBeUndefined();
    for (const good of ['chat.example.com', '*.example.com', 'xn--bcher-kva.example', 'a-1.b.co'])
      expect(nameTrouble(good)).toBeUndefined();
  });

  it('that is none says why', () => {
    expect(nameTrouble('wss://chat.example.com')).toContain('without wss://');
    expect(nameTrouble('bücher.example')).toContain('xn--');
    for (const bad of ['chat', '-a.example.com', 'a..example.com', '*', 'a.*.example.com', 'a_b.example.com'])
      expect(nameTrouble(bad), bad).toContain('A whole name');
  });

  it('is in the longest zone that it ends with, whole labels only', () => {
    const zones = ['example.com', 'dev.example.com', 'ample.com'];
    expect(zoneOf('chat.dev.example.com', zones)).toBe('dev.example.com');
    expect(zoneOf('chat.xdev.example.com', zones)).toBe('example.com');
    expect(zoneOf('*.dev.example.com', zones)).toBe('dev.example.com');
    expect(zoneOf('example.com', zones)).toBe('example.com');
    expect(zoneOf('notexample.com', ['example.com'])).toBeUndefined();
    expect(hostOf('chat.example.net', zones)).toBe('manual');
    expect(hostOf('chat.example.com', zones)).toBe('route53');
  });

  it('is completed from the zones and from the domains that are there', () => {
    expect(completions('api-ws', ['example.com'], ['api-ws.example.org'])).toEqual([
      'api-ws.example.org',
      'api-ws.example.com',
    ]);
    expect(completions('', ['example.com'], [])).toEqual(['chat.example.com']);
    expect(completions('a.ex', ['example.com', 'other.com'], [])).toEqual(['a.example.com']);
  });

  it('of a wildcard needs one name right below', () => {
    expect(hostTrouble('chat.example.com', '')).toBeUndefined();
    expect(hostTrouble('*.example.com', 'chat.example.com')).toBeUndefined();
    for (const bad of ['', '.example.com', 'a.b.example.com', 'example.com', 'chat.example.org'])
      expect(hostTrouble('*.example.com', bad), bad).toContain('One name right below');
  });
});

describe('a key', () => {
  it('is the root when empty, one level, and of AWS’s characters', () => {
    for (const good of ['', 'chat', "$-_.+!*'()", 'x'.repeat(300)]) expect(keyTrouble(good)).toBeUndefined();
    expect(keyTrouble('/chat')).toContain('slash');
    expect(keyTrouble('chat/v1')).toContain('One level');
    expect(keyTrouble('chät')).toContain('Letters');
    expect(keyTrouble('x'.repeat(301))).toContain('301');
    expect(keyTrouble('ping')).toContain('own');
  });

  it('is the path of the address', () => {
    expect(urlOf({ domainName: 'chat.example.com', host: '', key: '' })).toBe('wss://chat.example.com');
    expect(urlOf({ domainName: '*.example.com', host: 'a.example.com', key: 'chat' })).toBe(
      'wss://a.example.com/chat',
    );
  });
});
