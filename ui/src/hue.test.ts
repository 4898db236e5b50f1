import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hueAmong, hueOf, hues } from './hue';

/** Tokens of the light theme and of the dark one. */
const themes = readFileSync('src/theme.css', 'utf8')
  .split('@media (prefers-color-scheme: dark)')
  .slice(0, 2)
  .map(
    (css) =>
      new Map([...css.matchAll(/--([a-z0-9]+): (#[0-9a-f]{6});/g)].map(([, k, v]) => [k ?? '', v ?? ''])),
  );

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe('the hues', () => {
  it('read on every ground of the lists in both themes', () => {
    expect(themes).toHaveLength(2);
    for (const theme of themes) {
      for (let hue = 0; hue < hues; hue += 1) {
        for (const ground of ['bg', 'bg1', 'sel', 'redb']) {
          expect(
            contrast(theme.get(`hue${hue}`) ?? '', theme.get(ground) ?? ''),
            `hue ${hue} on ${ground}`,
          ).toBeGreaterThan(4.5);
        }
      }
    }
  });

  it('are the same for a name each time, and differ between neighbours', () => {
    expect(hueOf('gbik1K9kzQAYKEilnA==')).toBe(hueOf('gbik1K9kzQAYKEilnA=='));
    const routes = ['$connect', '$default', 'joinroom'];
    expect(new Set(routes.map((r) => hueAmong(r, routes))).size).toBe(3);
    expect(hueAmong('gone', routes)).toBe(hueOf('gone'));
  });
});
