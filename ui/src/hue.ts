// One of eight hues for a name, the same each time. The hues are theme.css's, readable on every ground of both themes. Pure.

export const hues = 8;

/** The hue of a name that one can't list, such as a connection id. */
export function hueOf(name: string): number {
  let sum = 0;
  for (let i = 0; i < name.length; i += 1) sum = (Math.imul(sum, 31) + name.charCodeAt(i)) >>> 0;
  return (sum ^ (sum >>> 15)) % hues;
}

/** The hue of a name among known ones: neighbours never share one. */
export function hueAmong(name: string, all: string[]): number {
  const at = all.indexOf(name);
  return at < 0 ? hueOf(name) : at % hues;
}

export const hueVar = (hue: number) => `var(--hue${hue})`;
