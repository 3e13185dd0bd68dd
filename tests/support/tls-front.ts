import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { TlsCertificate } from './tls-certificate';

/** TLS on 127.0.0.1 in front of a server without, with a certificate that nobody knows. */
export class TlsFront {
  /** The names that clients asked for (SNI), in the order in which they came. */
  readonly names: string[] = [];
  readonly #open = new Set<net.Socket>();
  readonly #server: tls.Server;

  private constructor(
    private readonly made: TlsCertificate,
    port: number,
  ) {
    const [key, cert] = [made.keyFile, made.file].map((file) => readFileSync(file));
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
    const front = new TlsFront(TlsCertificate.make(names), port);
    await new Promise<void>((ready) => front.#server.listen(0, '127.0.0.1', ready));
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For NODE_EXTRA_CA_CERTS. */
  get certificate(): string {
    return this.made.file;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
    this.made.remove();
  }
}
