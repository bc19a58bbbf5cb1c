/** A way to a server that a test can cut. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Network {
  readonly address: string;
  up(): Promise<void>;
  /** Cuts every connection and refuses new ones. */
  down(): Promise<void>;
  /** From now on the server hears what is sent to it, and nothing that it answers arrives. */
  muteReplies(): void;
}

/** A port of this machine that leads to the server for as long as it is up. */
export async function openNetwork(target: string): Promise<Network> {
  const [host, port] = target.split(':');
  let sockets: Socket[] = [];
  let muted = false;
  let server: Server | undefined;
  let own_port = 0;

  const network = {
    async up() {
      muted = false;
      server = createServer((near) => {
        const far = connect(Number(port ?? 9042), host);
        sockets.push(near, far);
        for (const socket of [near, far]) socket.on('error', () => near.destroy());
        near.on('data', (bytes) => far.write(bytes)).on('close', () => far.destroy());
        far.on('data', (bytes) => muted || near.write(bytes)).on('close', () => near.destroy());
      });
      server.listen(own_port, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      own_port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    },
    async down() {
      if (server === undefined) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      sockets = [];
      server = undefined;
      await closed;
    },
    muteReplies() {
      muted = true;
    },
  };
  await network.up();
  return { ...network, address: `127.0.0.1:${own_port}` };
}
