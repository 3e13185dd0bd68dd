import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server in front does: lets requests through, answers them all itself, or changes them on the way. */
export type FrontTrouble = 'none' | 'foreign host' | 'path below v1' | 502 | 504 | 403;

/** A server on 127.0.0.1 in front of the sidecar, as a proxy or a firewall would be, with trouble that can be switched. */
export class TroubleFront {
  trouble: FrontTrouble = 'none';
  readonly #server: http.Server;

  constructor(private readonly sidecar: string) {
    this.#server = http.createServer((request, response) => {
      if (typeof this.trouble === 'number') {
        request.resume();
        response.writeHead(this.trouble, { 'content-type': 'text/html' }).end('<html><h1>Sorry</h1></html>');
      } else this.#passOn(request, response);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #passOn(request: http.IncomingMessage, response: http.ServerResponse): void {
    const below = this.trouble === 'path below v1' ? '/v1' : '';
    const host = this.trouble === 'foreign host' ? 'captions.example.test' : new URL(this.sidecar).host;
    const onward = http.request(
      `${this.sidecar}${below}${request.url ?? '/'}`,
      { method: request.method, headers: { ...request.headers, host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }
}
