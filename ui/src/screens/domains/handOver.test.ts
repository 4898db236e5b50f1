// The wizard's Pulumi programs, as agreed to in tests/hand_over, given to the compiler that will read them.
/// <reference types="vite/client" />
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const texts = import.meta.glob<string>('../../../../tests/hand_over/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const byName = new Map(Object.entries(texts).map(([path, text]) => [path.split('/').at(-1) ?? '', text]));
const read = (name: string) => byName.get(name) ?? '';
const flaws = (text: string) =>
  ts
    .transpileModule(text, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022 } })
    .diagnostics!.map((flaw) => ts.flattenDiagnosticMessageText(flaw.messageText, ' '));
/** What stands in quotes in a member of an object. */
function member(text: string, name: string): string | undefined {
  let found: string | undefined;
  const visit = (node: ts.Node) => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === name && ts.isStringLiteral(node.initializer))
      found = node.initializer.text;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('it.ts', text, ts.ScriptTarget.ES2022, true));
  return found;
}

describe('What the wizard hands over for Pulumi', () => {
  const programs = [...byName.keys()];

  test('is there for every story', () =>
    expect(programs).toEqual(['manual.ts', 'route53.ts', 'taken-in.ts']));

  test.each(programs)('%s is TypeScript', (name) => expect(flaws(read(name))).toEqual([]));

  test('a reader that sees no flaw would see one', () => expect(flaws('const a = "x')).not.toEqual([]));

  test('keys come through whole, whatever characters AWS lets them have', () => {
    expect(member(read('manual.ts'), 'apiMappingKey')).toBe("it's-$5_(now)!*.+v2");
    expect(member(read('route53.ts'), 'apiMappingKey')).toBe('chat');
    expect(member(read('taken-in.ts'), 'apiMappingKey')).toBeUndefined();
  });
});
