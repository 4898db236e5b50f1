import { StreamLanguage } from '@codemirror/language';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { describe, expect, it } from 'vitest';
import { json, template } from './template';

const names = tagHighlighter([
  { tag: tags.variableName, class: 'ref' },
  { tag: tags.keyword, class: 'key' },
  { tag: tags.comment, class: 'note' },
  { tag: tags.propertyName, class: 'name' },
  { tag: tags.string, class: 'text' },
]);

/** `ref:$context.stage text:"a"` of a text. */
function marks(text: string, parser = template) {
  const out: string[] = [];
  highlightTree(StreamLanguage.define(parser).parser.parse(text), names, (from, to, name) => {
    out.push(`${name}:${text.slice(from, to)}`);
  });
  return out;
}

describe('the colours of a template', () => {
  it('know references, in JSON and inside its strings', () => {
    expect(marks('{"id": "$context.connectionId", "all": $input.body}')).toEqual([
      'name:"id"',
      'text:"',
      'ref:$context.connectionId',
      'text:"',
      'name:"all"',
      'ref:$input.body',
    ]);
  });

  it('know calls with their arguments, also inside a string', () => {
    expect(marks(`$input.json('$.a')`)).toEqual(['ref:$input.json', `text:'$.a'`]);
    expect(marks(`"say $input.path('$.a') twice"`)).toEqual([
      'text:"say ',
      'ref:$input.path',
      `text:'$.a'`,
      'text: twice"',
    ]);
  });

  it('know directives and comments, over lines too', () => {
    expect(marks('#set($a = "x") ## why\n#* long\nmore *# #if($a)')).toEqual([
      'key:#set',
      'ref:$a',
      'text:"x"',
      'note:## why',
      'note:#* long',
      'note:more *#',
      'key:#if',
      'ref:$a',
    ]);
  });

  it('do not run on after a string that is not closed', () => {
    expect(marks('{"a": "open $context.stage\n"b": $input.body')).toContain('name:"b"');
  });

  it('leave a dollar alone in plain JSON', () => {
    expect(marks('{"$schema": "#/$defs"}', json)).toEqual(['name:"$schema"', 'text:"#/$defs"']);
  });
});
