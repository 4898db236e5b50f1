// What a status says about who knocked. Pure.

const words: Record<number, string> = {
  101: 'let in',
  401: 'unauthorized',
  403: 'forbidden',
  429: 'throttled',
  500: 'failed',
  0: 'no answer',
};

export const doorWord = (status: number) => words[status] ?? (status >= 500 ? 'failed' : 'refused');
