// What editing models means for the draft: who uses one, a new one, a rename that its routes follow, and attaching it to
// a route. Pure: it changes the snapshot it is given and nothing else.
import type { Model, Route, Snapshot } from '../host/rpc';

export interface Use {
  route: Route;
  /** Of its answers, not of its messages. */
  answers: boolean;
}

/** The routes that name the model. */
export function usesOf(name: string, from: Snapshot): Use[] {
  return from.routes.flatMap((route) => [
    ...(Object.values(route.requestModels).includes(name) ? [{ route, answers: false }] : []),
    ...(route.responses.some((r) => Object.values(r.responseModels).includes(name))
      ? [{ route, answers: true }]
      : []),
  ]);
}

/** `ChatMessage`, or with the first number that is free. Models have letters and digits only. */
export function freeName(wish: string, from: Snapshot): string {
  const plain = wish.replace(/[^A-Za-z0-9]/g, '') || 'Message';
  const taken = new Set(from.models.map((m) => m.name));
  for (let i = 1; ; i += 1) {
    const name = i === 1 ? plain : `${plain}${i}`;
    if (!taken.has(name)) return name;
  }
}

/** `joinroom` → `JoinroomMessage`. */
export function nameFor(routeKey: string | undefined): string {
  const word = (routeKey ?? '').replace(/[^A-Za-z0-9]/g, '');
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}Message`;
}

/** Puts a model in and answers its id. */
export function addModel(to: Snapshot, modelId: string, name: string, schema: string): string {
  to.models.push({ modelId, name: freeName(name, to), contentType: 'application/json', schema });
  return modelId;
}

/** Where a model's name stands. */
export type Follower = { texts: { [key in string]: string }; key: string };

/** Routes name models by name: what has to follow a rename. Found before the first letter, since on the way the name may
 * be another model's for a moment. */
export function followersOf(name: string, from: Snapshot): Follower[] {
  const all = from.routes.flatMap((r) => [r.requestModels, ...r.responses.map((a) => a.responseModels)]);
  return all.flatMap((texts) =>
    Object.keys(texts).flatMap((key) => (texts[key] === name ? [{ texts, key }] : [])),
  );
}

export function renameModel(model: Model, name: string, followers: Follower[]) {
  model.name = name;
  for (const { texts, key } of followers) texts[key] = name;
}

/** Every message of the route is checked with the model: the selection gives a fixed text, and the model stands under it. */
export function attachModel(route: Route, name: string) {
  route.modelSelectionExpression = '$default';
  route.requestModels = { ...route.requestModels, $default: name };
}

const without = (texts: { [key in string]: string }, name: string) =>
  Object.fromEntries(Object.entries(texts).filter(([, used]) => used !== name));

/** The route's messages are not checked any more. */
export function detachModel(route: Route, name: string) {
  route.requestModels = without(route.requestModels, name);
  if (Object.keys(route.requestModels).length === 0) delete route.modelSelectionExpression;
}

/** Takes a model away, and from the routes that name it: a deployment with a name that nothing has is refused. */
export function removeModel(to: Snapshot, { modelId, name }: Model) {
  const named = to.models.some((m) => m.modelId !== modelId && m.name === name);
  for (const route of named ? [] : to.routes) {
    if (Object.values(route.requestModels).includes(name)) detachModel(route, name);
    for (const response of route.responses) response.responseModels = without(response.responseModels, name);
  }
  to.models = to.models.filter((m) => m.modelId !== modelId);
}

/** A schema to begin with. */
export const firstSchema = `{
  "$schema": "http://json-schema.org/draft-04/schema#",
  "type": "object",
  "properties": {
    "message": { "type": "string" }
  },
  "required": ["message"]
}`;
