// Colours and indentation for JSON, and for mapping templates: references, directives and comments of the template
// language with the JSON around them. One line at a time and without a tree, so that 300 KB stay smooth, and one parser
// for both is 40 KB less than two. It may not know what a reference gives.
import type { StreamParser, StringStream } from '@codemirror/language';

export interface State {
  /** Inside a string of the JSON around the references. */
  text: boolean;
  /** Inside `#* … *#`. */
  comment: boolean;
  /** Open parentheses of a call or a directive: single quotes are strings there. */
  depth: number;
  /** The reference that was just read is called: a parenthesis follows. */
  called: boolean;
  /** Open braces and brackets. */
  nest: number;
}

const directives = 'set|if|elseif|else|end|foreach|stop|break|macro|define|return';
const directive = new RegExp(`^#(?:(?:${directives})\\b|\\{(?:${directives})\\})`);
const path = /[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*/.source;
const reference = new RegExp(`^\\$!?(?:${path}|\\{${path}\\}?)`);
const word = /^(true|false|null|in|and|or|not)\b/;
const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?/;

function inComment(stream: StringStream, state: State) {
  if (stream.skipTo('*#')) {
    stream.match('*#');
    state.comment = false;
  } else stream.skipToEnd();
  return 'comment';
}

function inText(stream: StringStream, state: State) {
  let escaped = false;
  for (let next = stream.peek(); next !== undefined; next = stream.peek()) {
    if (!escaped && next === '$' && reference.test(stream.string.slice(stream.pos, stream.pos + 200))) break;
    if (!escaped && next === '#' && directive.test(stream.string.slice(stream.pos, stream.pos + 12))) break;
    stream.next();
    if (!escaped && next === '"') {
      state.text = false;
      break;
    }
    escaped = !escaped && next === '\\';
  }
  return 'string';
}

/** Whether the string that was just read is a name: a colon follows. */
const isName = (stream: StringStream) => /^\s*:/.test(stream.string.slice(stream.pos, stream.pos + 40));

function token(stream: StringStream, state: State): string | null {
  if (state.comment) return inComment(stream, state);
  if (state.called) {
    state.called = false;
    state.depth += 1;
    stream.next();
    return 'bracket';
  }
  if (!state.text && stream.eatSpace()) return null;
  if (stream.match('##')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('#*')) {
    state.comment = true;
    return inComment(stream, state);
  }
  if (stream.match(directive)) return 'keyword';
  if (stream.match(reference)) {
    state.called = stream.peek() === '(';
    return 'variableName';
  }
  if (state.text && state.depth === 0) return inText(stream, state);
  return inCode(stream, state);
}

function inCode(stream: StringStream, state: State, plain = false): string | null {
  if (stream.match(word)) return 'atom';
  if (stream.match(number)) return 'number';
  const next = stream.next() ?? '';
  if (next === '{' || next === '[') state.nest += 1;
  if (next === '}' || next === ']') state.nest = Math.max(0, state.nest - 1);
  if (!plain && (next === '(' || next === ')')) {
    state.depth = Math.max(0, state.depth + (next === '(' ? 1 : -1));
    return 'bracket';
  }
  if (state.depth > 0 && (next === "'" || next === '"')) {
    stream.match(next === "'" ? /^[^']*'?/ : /^(?:[^"\\]|\\.)*"?/);
    return 'string';
  }
  if (next === '"') {
    if (plain) {
      stream.match(/^(?:[^"\\]|\\.)*"?/);
      return isName(stream) ? 'propertyName' : 'string';
    }
    if (stream.match(/^[^"\\$#]*"/)) return isName(stream) ? 'propertyName' : 'string';
    state.text = true;
    return stream.eol() ? 'string' : inText(stream, state);
  }
  return '{}[],:'.includes(next) ? 'punctuation' : null;
}

const startState = (): State => ({ text: false, comment: false, depth: 0, called: false, nest: 0 });
const copyState = (state: State): State => ({ ...state });
const indent: StreamParser<State>['indent'] = (state, textAfter, { unit }) =>
  state.comment ? null : Math.max(0, state.nest - (/^\s*[}\]]/.test(textAfter) ? 1 : 0)) * unit;

/** `#set`, `$context.x`, `$input.json('$.a')` and JSON. */
export const template: StreamParser<State> = {
  name: 'template',
  startState,
  copyState,
  indent,
  token(stream, state) {
    // A JSON string ends with its line: one that is not closed must not colour all that follows.
    if (stream.sol()) state.text = false;
    return token(stream, state);
  },
  languageData: {
    closeBrackets: { brackets: ['(', '[', '{', '"', "'"] },
    indentOnInput: /^\s*[}\]]$/,
  },
};

/** JSON alone: a `$` or a `#` means nothing in it. */
export const json: StreamParser<State> = {
  name: 'json',
  startState,
  copyState,
  indent,
  token: (stream, state) => (stream.eatSpace() ? null : inCode(stream, state, true)),
  languageData: { closeBrackets: { brackets: ['[', '{', '"'] }, indentOnInput: /^\s*[}\]]$/ },
};
