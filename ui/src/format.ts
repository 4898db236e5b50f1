// Numbers, times and remote text as the eye reads them. Pure.

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** `09:20:28.204` of milliseconds since 1970. */
export const clockTime = (ms: number) => clockFormat.format(ms);

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const secondsFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `Sat, 21 Nov 2026` of milliseconds since 1970. */
export const calendarDay = (ms: number) => dateFormat.format(ms);

/** `09:20:28` of milliseconds since 1970. */
export const timeOfDay = (ms: number) => secondsFormat.format(ms);

/** `96 ms`, `1.24 s`. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 0.1) return '<0.1 ms';
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** `107 B`, `1.5 KB`. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KB`;
  return `${(n / 1024 / 1024).toFixed(1)} MB`;
}

/** `2 min 19 s` of milliseconds. */
export function elapsed(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** `2 min ago` of milliseconds. */
export function ago(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return 'just now';
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

// Log text and frames are hostile: what steers a terminal or turns the reading direction is shown instead of obeyed.
const steering =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Remote text with control and direction characters made visible. Line feeds and tabs stay. */
export function visible(text: string): string {
  return text.replace(steering, (c) => {
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}

/** The same on one line. */
export const oneLine = (text: string) => visible(text).replace(/\n/g, '\u240a').replace(/\t/g, ' ');

const jsonToken = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** A JSON text indented, or undefined where it is none. Numbers and doubled keys stay as they were written. */
export function prettyJson(text: string): string | undefined {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let out = '';
  let depth = 0;
  let before = '';
  for (const [token] of text.matchAll(jsonToken)) {
    const closes = token === '}' || token === ']';
    if (closes) depth -= 1;
    const empty = closes && (before === '{' || before === '[');
    const breaks = closes ? !empty : before === '{' || before === '[' || before === ',';
    if (breaks) out += '\n' + '  '.repeat(depth);
    out += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth += 1;
    before = token;
  }
  return out;
}

/** Bytes of a text on the wire. */
export const byteLength = (text: string) => new TextEncoder().encode(text).length;
