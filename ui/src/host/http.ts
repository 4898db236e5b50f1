// The carrier of browser tests: the same table over loopback HTTP and WebSocket, with the token from the page's address.
import { asError, type Host } from './host';

/** Sent by the host when a stream ends because of an error. */
type End = { end: true; error?: Parameters<Parameters<Host['stream']>[3]>[0] };

export function httpHost(): Host {
  const token =
    new URLSearchParams(location.hash.slice(1)).get('token') ??
    new URLSearchParams(location.search).get('token') ??
    '';
  return {
    async call(name, question) {
      let answer: Response;
      try {
        answer = await fetch(`/rpc/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-gatescope-token': token },
          body: JSON.stringify(question),
        });
      } catch (thrown) {
        throw asError(thrown);
      }
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text);
      let body: unknown = text || `the host answered ${answer.status}`;
      try {
        body = JSON.parse(text);
      } catch {
        // Not the table's error: the text itself says what happened.
      }
      throw asError(body);
    },

    stream(name, question, onItems, onEnd) {
      let closed = false;
      const end = (error?: End['error']) => {
        if (closed) return;
        closed = true;
        onEnd(error);
      };
      const url = new URL(`/stream/${name}`, location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      url.searchParams.set('token', token);
      url.hash = '';
      const socket = new WebSocket(url);
      socket.onopen = () => socket.send(JSON.stringify(question));
      socket.onmessage = ({ data }) => {
        if (closed) return;
        const message = JSON.parse(String(data));
        if (message.end) return end(message.error);
        onItems(message.items);
        if (socket.readyState === WebSocket.OPEN) socket.send(String(message.batch));
      };
      socket.onclose = () => end();
      return () => {
        closed = true;
        socket.close();
      };
    },

    writeClipboard: (text) => navigator.clipboard.writeText(text),
    async openUrl(url) {
      window.open(url, '_blank', 'noopener');
    },
  };
}
