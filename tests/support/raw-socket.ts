import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Exchange {
  /** Everything that came back. */
  readonly text: string;
  /** Status of each answer, in order. */
  readonly statuses: readonly number[];
  /** From the first byte sent until the server closed the connection, or nothing came for `quietMs`. */
  readonly ms: number;
  readonly closed: boolean;
}

export interface ExchangeOptions {
  /** An answer that keeps the connection open counts as complete after so long without a byte. */
  readonly quietMs?: number;
  /** Sends one byte at a time with this pause between, as long as the server listens. */
  readonly dribbleMs?: number;
  /** The client closes its side after sending. */
  readonly halfClose?: boolean;
}

const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** Sends bytes as they are over a connection of its own. */
export function exchange(url: string, bytes: Buffer | string, options: ExchangeOptions = {}): Promise<Exchange> {
  const { quietMs = 400, dribbleMs = 0, halfClose = false } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const started = performance.now();
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const finish = (closed: boolean) => {
      clearTimeout(quiet);
      socket.destroy();
      resolve({ text, statuses: statusesOf(text), ms: performance.now() - started, closed });
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(() => finish(false), quietMs);
    });
    socket.on('error', () => undefined);
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('connect', () => {
      if (dribbleMs > 0) void dribble(socket, Buffer.from(bytes), dribbleMs);
      else if (halfClose) socket.end(bytes);
      else socket.write(bytes);
    });
  });
}

async function dribble(socket: net.Socket, bytes: Buffer, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Buffer.from([byte]));
    await pause(everyMs);
  }
}

/** A connection that is opened and left alone. */
export function openIdle(url: string): Promise<net.Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => resolve(socket));
    socket.on('error', reject);
  });
}
