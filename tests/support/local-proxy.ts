import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

/** An HTTP proxy on 127.0.0.1 that leads every tunnel to one port of this machine, and counts. */
export class LocalProxy {
  /** What was asked for, as `host:port`. */
  readonly tunnels: string[] = [];
  readonly credentials: (string | undefined)[] = [];
  /** The status that every tunnel is refused with. */
  refuses: number | null = null;
  readonly #open = new Set<net.Socket>();
  readonly #server = http.createServer((_request, response) => response.writeHead(501).end());

  private constructor(port: number) {
    this.#server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      this.tunnels.push(request.url ?? '');
      this.credentials.push(request.headers['proxy-authorization']);
      this.#keep(socket);
      if (this.refuses !== null) {
        socket.end(`HTTP/1.1 ${this.refuses} No\r\ncontent-length: 0\r\n\r\n`);
        return;
      }
      const onward = net.connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      this.#keep(onward);
    });
  }

  /** Every tunnel leads to this port. */
  static async start(port: number): Promise<LocalProxy> {
    const proxy = new LocalProxy(port);
    await new Promise<void>((ready) => proxy.#server.listen(0, '127.0.0.1', ready));
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #keep(socket: net.Socket): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#open.delete(socket));
  }
}
