/** TLS with a server that this program is a client of. */
import type { CheckContext } from './environment.ts';
import { checkOrphans, checkPair } from './together.ts';

/** PEM texts. Certificates are always verified. */
export interface TlsSettings {
  /** Who may have signed the servers' certificates; the machine's own list where absent. */
  readonly authorities?: string;
  /** The client's own certificate and key, where the servers ask for them. */
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** The name that every server's certificate bears. Without it each must bear the address that it is reached at. */
  readonly serverName?: string;
}

interface TlsValues {
  readonly enabled: boolean;
  readonly authorities: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
}

/** The TLS settings of the variables `<server>_TLS…`, checked by `checkTls`; undefined where TLS is off. */
export function readTls({ enabled, authorities, certificate, key, serverName }: TlsValues): TlsSettings | undefined {
  if (!enabled) return undefined;
  return {
    ...(authorities === undefined ? {} : { authorities }),
    ...(certificate === undefined || key === undefined ? {} : { identity: { certificate, key } }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

/** Checks the variables `<server>_TLS…` against each other. */
export function checkTls(server: string, context: CheckContext): void {
  checkPair(`${server}_TLS_CERT_FILE`, `${server}_TLS_KEY_FILE`, context);
  const details = ['CA_FILE', 'CERT_FILE', 'KEY_FILE', 'SERVER_NAME'].map((end) => `${server}_TLS_${end}`);
  checkOrphans(details, `${server}_TLS`, context);
}
