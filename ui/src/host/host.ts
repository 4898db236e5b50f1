// The seam between the window and Rust: one call and one stream, whatever carries them.
// It may not know what is asked; the names and types are rpc.ts's, the carriers are tauri.ts and http.ts.
import type { Calls, Error, Streams } from './rpc';

/** Ends a stream; nothing arrives afterwards. */
export type Close = () => void;

export interface Host {
  /** Rejects with an `Error` of the table. */
  call<N extends keyof Calls>(name: N, question: Calls[N]['question']): Promise<Calls[N]['answer']>;
  /** `onEnd` comes once, unless the caller closed the stream first. */
  stream<N extends keyof Streams>(
    name: N,
    question: Streams[N]['question'],
    onItems: (items: Streams[N]['answer'][]) => void,
    onEnd: (error?: Error) => void,
  ): Close;
  writeClipboard(text: string): Promise<void>;
  openUrl(url: string): Promise<void>;
}

/** Whatever was thrown, as the table's error. */
export function asError(thrown: unknown): Error {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return thrown as Error;
  }
  return { code: 'internal', message: thrown instanceof globalThis.Error ? thrown.message : String(thrown) };
}

/** The host of this page: the window's own, or a loopback one in a browser test. */
export async function openHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriHost();
  return (await import('./http')).httpHost();
}
