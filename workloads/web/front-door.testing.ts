/** One address before several processes, as the ingress of a cluster is: for pages whose workloads are processes of their own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface FrontDoor {
  /** `http://localhost:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

/** @param behind the address of the process that serves a path; one that does not answer is answered with 502 */
export async function openFrontDoor(behind: (path: string) => string): Promise<FrontDoor> {
  const processOf = ({ url = '/' }: IncomingMessage) => new URL(behind(url.split('?')[0] ?? '/'));
  const server = createServer((incoming, answer) => {
    const { hostname, port } = processOf(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const passedOn = request({ hostname, port, method, path, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passedOn.on('error', () => answer.writeHead(502).end());
    answer.on('close', () => passedOn.destroy());
    incoming.pipe(passedOn);
  });
  server.on('upgrade', (incoming, client, head) => {
    const { hostname, port } = processOf(incoming);
    const { method = 'GET', url: path = '/', rawHeaders } = incoming;
    const backend = connect(Number(port), hostname, () => {
      const headers = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
      backend.write([`${method} ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
      backend.write(head);
      backend.pipe(client).pipe(backend);
    });
    backend.on('error', () => client.destroy());
    client.on('error', () => backend.destroy());
    client.on('close', () => backend.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
