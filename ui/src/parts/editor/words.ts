// Completion of the words that a template can use: which of them begin like what stands before the cursor. Pure.
import type { TemplateWord } from '../../host/rpc';

export interface Offer {
  /** Where the word begins that is being typed, from the start of `before`. */
  from: number;
  /** With what it begins there: `$context.co`, `${stageVariables.r`, `$`. */
  words: { text: string; says: string }[];
}

const typed = /\$(!?\{?)[A-Za-z_]*(?:\.[\w-]*)*$/;

/** `before` is the text of the line before the cursor. Nothing is offered where no `$` was typed, unless asked. */
export function offer(before: string, words: TemplateWord[], asked: boolean): Offer | undefined {
  const found = typed.exec(before);
  if (!found) {
    return asked ? { from: before.length, words } : undefined;
  }
  const open = found[1] ?? '';
  return {
    from: found.index,
    words: words
      .filter((w) => w.text.startsWith('$'))
      .map(({ text, says }) => ({
        says,
        text: open.includes('{') ? braced(text, open) : `$${open}${text.slice(1)}`,
      })),
  };
}

/** `$context.stage` as `${context.stage}`. */
const braced = (text: string, open: string) => `$${open}${text.slice(1)}}`;

/** The part of a word that is to be typed once it was taken: `{name}` is typed over, and the path of `$input.json('$')`
 * goes on behind its `$`. */
export function blank(word: string): { from: number; to: number } | undefined {
  const at = word.indexOf('{name}');
  if (at >= 0) return { from: at, to: at + '{name}'.length };
  const path = word.indexOf("('$')");
  return path < 0 ? undefined : { from: path + 3, to: path + 3 };
}

/** The words of a stage's own variables. */
export function variableWords(variables: { [name in string]: string }): TemplateWord[] {
  return Object.entries(variables).map(([name, value]) => ({
    text: `$stageVariables.${name}`,
    says: `stage variable, here ${value}`,
    place: 'both',
  }));
}

/** The words that work at this place. */
export function wordsFor(
  words: TemplateWord[],
  kind: 'request' | 'response',
  routeKey: string,
): TemplateWord[] {
  const route = { $connect: 'connect', $disconnect: 'disconnect' }[routeKey] ?? 'message';
  return words.filter(({ place }) => place === 'both' || place === kind || place === route);
}
