import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: any;
}

type Answer = (response: http.ServerResponse, asked: Asked) => void;

const completion = (message: unknown) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'stop' }],
});
const json = (status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Answer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
};

/** How a server that plays a larger model may answer. */
export const BEHAVIOUR = {
  says: (content: unknown): Answer => json(200, completion({ role: 'assistant', content })),
  refusesToSay: json(200, completion({ role: 'assistant', content: null, refusal: 'I cannot help with that.' })),
  /** A model that thinks until its budget is spent. */
  thinksTooLong: json(200, {
    choices: [{ finish_reason: 'length', message: { role: 'assistant', content: '', reasoning: 'Is it a bus?' } }],
  }),
  refusesParameter: (name: string): Answer =>
    json(400, { error: { code: 'unsupported_parameter', message: `Unsupported parameter: '${name}'.`, param: name } }),
  status: (status: number): Answer => json(status, { error: { message: '<b>stranger</b>' } }, { 'retry-after': '1' }),
  /** Too much to do for so many seconds. */
  busyFor: (seconds: number): Answer => json(429, { error: { message: 'slow down' } }, { 'retry-after': `${seconds}` }),
  redirectsTo: (address: string): Answer => json(307, '', { location: address }),
  wrongJson: json(200, { choices: 'none' }),
  noJson: json(200, '<html>It works!</html>'),
  cutJson: json(200, '{"choices":[{"message":{"content":"a ca'),
  tooMuch: (response: http.ServerResponse) => response.writeHead(200).end(Buffer.alloc(3_000_000, ' ')),
  hangsUp: (response: http.ServerResponse) => response.destroy(),
  resetsInTheMiddle: (response: http.ServerResponse) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"choices":', () => response.socket?.resetAndDestroy());
  },
  /** Never answers; the connection stays open. */
  keepsSilent: () => undefined,
  /** A byte now and then, so that no pause is ever long. */
  drips: (response: http.ServerResponse) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 50);
    response.once('close', () => clearInterval(timer));
  },
} as const satisfies Record<string, Answer | ((...given: never[]) => Answer)>;

/** A local server that speaks OpenAI's chat completions, and misbehaves as a test says. */
export class ModelServerStub {
  /** Chat requests, in the order in which they came. */
  readonly asked: Asked[] = [];
  /** Connections that the other side ended before an answer. */
  abandoned = 0;
  /** The next answers; after these, `usual`. */
  readonly next: Answer[] = [];
  usual: Answer = BEHAVIOUR.says('A red bus in front of a church.');
  list: Answer = json(200, { object: 'list', data: [{ id: 'big-model', object: 'model' }] });
  #server: http.Server | null = null;
  #port = 0;

  static async start(): Promise<ModelServerStub> {
    const stub = new ModelServerStub();
    await stub.open();
    return stub;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  /** Opens (again, on the same port). */
  async open(): Promise<void> {
    const server = http.createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((ready) => server.listen(this.#port, '127.0.0.1', ready));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    await new Promise<void>((closed) => (server === null ? closed() : server.close(() => closed())));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.once('close', () => (this.abandoned += response.writableFinished ? 0 : 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const asked = { url: request.url ?? '', headers: request.headers, body: text === '' ? null : JSON.parse(text) };
    if (request.method === 'GET') {
      this.list(response, asked);
      return;
    }
    this.asked.push(asked);
    (this.next.shift() ?? this.usual)(response, asked);
  }
}
