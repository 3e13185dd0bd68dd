import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

/** TLS on 127.0.0.1 in front of a server without, with a certificate that nobody knows. */
export class TlsFront {
  /** The names that clients asked for (SNI), in the order in which they came. */
  readonly names: string[] = [];
  readonly #open = new Set<net.Socket>();
  readonly #server: tls.Server;

  private constructor(
    private readonly folder: string,
    port: number,
  ) {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(path.join(folder, name)));
    const context = tls.createSecureContext({ key, cert });
    const options: tls.TlsOptions = {
      key,
      cert,
      SNICallback: (name, answer) => {
        this.names.push(name);
        answer(null, context);
      },
    };
    this.#server = tls.createServer(options, (socket) => {
      const onward = net.connect(port, '127.0.0.1');
      for (const each of [socket, onward]) {
        this.#open.add(each);
        each.on('error', () => each.destroy());
      }
      socket.pipe(onward).pipe(socket);
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  /** The certificate is for these names, and for 127.0.0.1. */
  static async start(port: number, names: readonly string[]): Promise<TlsFront> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-tls-'));
    const alternatives = ['IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(',');
    const words = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test'.split(' ');
    const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')];
    execFileSync('openssl', ['req', ...words, ...files, '-addext', `subjectAltName=${alternatives}`], {
      stdio: 'ignore',
    });
    const front = new TlsFront(folder, port);
    await new Promise<void>((ready) => front.#server.listen(0, '127.0.0.1', ready));
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For NODE_EXTRA_CA_CERTS. */
  get certificate(): string {
    return path.join(this.folder, 'cert.pem');
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
    rmSync(this.folder, { recursive: true });
  }
}
