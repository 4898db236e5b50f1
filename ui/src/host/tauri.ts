// The window's own carrier, and the only file that imports Tauri.
// A Channel has no back-pressure, so every batch is acknowledged once it has been handled; Rust keeps a small window open.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Streams } from './rpc';
import { asError, type Host } from './host';
import type { Error } from './rpc';

type Message<N extends keyof Streams> =
  { batch: number; items: Streams[N]['answer'][] } | { end: true; error?: Error };

export function tauriHost(): Host {
  return {
    async call(name, question) {
      try {
        return await invoke('call', { name, question });
      } catch (thrown) {
        throw asError(thrown);
      }
    },

    stream(name, question, onItems, onEnd) {
      let closed = false;
      const channel = new Channel<Message<typeof name> | string>();
      // Batches can arrive before the answer that carries the stream's id.
      const opened = invoke<number>('stream', { name, question, channel });
      channel.onmessage = (raw) => {
        if (closed) return;
        const message = (typeof raw === 'string' ? JSON.parse(raw) : raw) as Message<typeof name>;
        if ('end' in message) {
          closed = true;
          onEnd(message.error);
          return;
        }
        onItems(message.items);
        void opened.then((stream) => invoke('acknowledge', { stream, batch: message.batch })).catch(() => {});
      };
      opened.catch((thrown: unknown) => {
        if (closed) return;
        closed = true;
        onEnd(asError(thrown));
      });
      return () => {
        if (closed) return;
        closed = true;
        void opened.then((stream) => invoke('close_stream', { stream })).catch(() => {});
      };
    },

    writeClipboard: (text) => invoke('plugin:clipboard-manager|write_text', { text }),
    openUrl: (url) => invoke('plugin:opener|open_url', { url }),
  };
}
