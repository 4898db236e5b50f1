import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../host/rpc';
import { chat } from '../testing/fakeHost';
import {
  addModel,
  attachModel,
  detachModel,
  followersOf,
  nameFor,
  removeModel,
  renameModel,
  usesOf,
} from './models';

const api = (): Snapshot => structuredClone(chat.snapshot);
const route = (of: Snapshot, key: string) => of.routes.find((r) => r.routeKey === key)!;

describe('models in a draft', () => {
  it('get a name of letters and digits that is free', () => {
    const to = api();
    addModel(to, 'new-1', nameFor('send-message'), '{}');
    addModel(to, 'new-2', nameFor('send-message'), '{}');
    expect(to.models.map((m) => m.name)).toEqual(['SendmessageMessage', 'SendmessageMessage2']);
  });

  it('are attached so that every message of the route is checked, and taken away whole', () => {
    const to = api();
    addModel(to, 'new-1', 'ChatAppMessage', '{}');
    const of = route(to, 'sendmessage');
    attachModel(of, 'ChatAppMessage');
    expect(of.modelSelectionExpression).toBe('$default');
    expect(of.requestModels).toEqual({ $default: 'ChatAppMessage' });
    expect(usesOf('ChatAppMessage', to).map((u) => u.route.routeKey)).toEqual(['sendmessage']);
    detachModel(of, 'ChatAppMessage');
    expect(of).toEqual(route(api(), 'sendmessage'));
  });

  it('are deleted with what names them', () => {
    const to = api();
    addModel(to, 'new-1', 'Chat', '{}');
    attachModel(route(to, 'joinroom'), 'Chat');
    removeModel(to, to.models[0]!);
    expect(to).toEqual(api());
  });

  it('are renamed with their routes, and leave another model’s routes alone on the way', () => {
    const to = api();
    addModel(to, 'new-1', 'Chat', '{}');
    addModel(to, 'new-2', 'Other', '{}');
    attachModel(route(to, 'joinroom'), 'Chat');
    attachModel(route(to, 'sendmessage'), 'Other');
    const other = to.models[1]!;
    const followers = followersOf('Other', to);
    for (const typed of ['C', 'Ch', 'Cha', 'Chat', 'ChatRoom']) renameModel(other, typed, followers);
    expect(route(to, 'joinroom').requestModels).toEqual({ $default: 'Chat' });
    expect(route(to, 'sendmessage').requestModels).toEqual({ $default: 'ChatRoom' });
  });
});
