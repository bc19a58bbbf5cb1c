/** The ways in which a server tells of changes by itself. */
import { authorization } from '#workloads/web/api/client.ts';
import { storedKey } from '#workloads/web/api/key.ts';

/** Hands every message on until the connection has ended, for whatever reason, or `signal` is aborted. Never rejects. */
export type Connection = (hear: (message: string) => void, signal: AbortSignal) => Promise<void>;

/** Browsers let a page name protocols but no headers: the key travels as one of them. */
function protocols(): string[] {
  const key = storedKey('read');
  if (key === null) return ['kaiseki'];
  const bytes = String.fromCharCode(...new TextEncoder().encode(key));
  return ['kaiseki', `key.${btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}

export function webSocket(path: string): Connection {
  return (hear, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const address = new URL(`.${path}`, location.href);
      address.protocol = address.protocol.replace('http', 'ws');
      const socket = new WebSocket(address, protocols());
      const end = () => {
        signal.removeEventListener('abort', end);
        socket.onmessage = null;
        socket.close();
        resolve();
      };
      signal.addEventListener('abort', end);
      socket.onmessage = ({ data }) => hear(String(data));
      socket.onclose = end;
    });
}

/** Server-sent events by `fetch`, which unlike EventSource can carry a key. */
export function eventStream(path: string): Connection {
  return async (hear, signal) => {
    try {
      const response = await fetch(`.${path}`, { headers: authorization('read'), signal });
      if (!response.ok || !response.body) return;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const events = `${rest}${part.value}`.split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) if (event.startsWith('data: ')) hear(event.slice('data: '.length));
      }
    } catch {
      // The connection has ended; that is all there is to know of it.
    }
  };
}
