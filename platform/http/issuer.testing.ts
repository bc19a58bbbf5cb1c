/** An issuer of ID tokens on this machine. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { IdTokenSettings } from './id-tokens.ts';

export interface TestIssuer {
  readonly settings: IdTokenSettings;
  /** A token of this user, for `settings`; `changes` make it another one, `keyId` one of a key that is not among its own. */
  token(subject: string, changes?: JWTPayload, keyId?: string): Promise<string>;
  /** How often its keys were asked for. */
  asked(): number;
  /** Whether it answers with its keys, or with 503. */
  answers(does: boolean): void;
  close(): void;
}

export async function startIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
  let asked = 0;
  let isUp = true;
  const server = createServer((_request, response) => {
    asked++;
    response.writeHead(isUp ? 200 : 503, { 'Content-Type': 'application/json' }).end(JSON.stringify(keys));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { issuer: address, audience: '1234567890', keysUrl: `${address}/certs` };
  return {
    settings,
    token: (sub, changes = {}, kid = 'one') =>
      new SignJWT({ iss: settings.issuer, aud: settings.audience, sub, ...changes })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuedAt()
        .setExpirationTime(changes.exp ?? '1h')
        .sign(privateKey),
    asked: () => asked,
    answers(does) {
      isUp = does;
    },
    close: () => void server.close(),
  };
}
