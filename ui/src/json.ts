// Colouring of JSON, one line at a time: names and punctuation are quiet, values are not.

export interface JsonPart {
  kind: 'name' | 'value' | 'mark' | 'space';
  text: string;
}

const token = /("(?:[^"\\]|\\.)*"?)(\s*:)?|([{}[\],:]+)|(\s+)|([^\s{}[\],:"]+)/g;

export function jsonParts(line: string): JsonPart[] {
  const parts: JsonPart[] = [];
  for (const [, text, colon, mark, space, bare] of line.matchAll(token)) {
    if (text !== undefined) {
      parts.push({ kind: colon ? 'name' : 'value', text });
      if (colon) parts.push({ kind: 'mark', text: colon });
    } else if (mark !== undefined) parts.push({ kind: 'mark', text: mark });
    else if (space !== undefined) parts.push({ kind: 'space', text: space });
    else if (bare !== undefined) parts.push({ kind: 'value', text: bare });
  }
  return parts;
}

/** Whether a start of a text looks like JSON, so that it may be coloured. */
export const looksJson = (text: string) => /^\s*[{[]/.test(text);
