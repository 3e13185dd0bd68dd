import type { RequestHandler, Response } from 'express';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../errors';
import { CONSOLE_POLICY } from './content-policy';

const PHOTOGRAPHS = ['cat', 'coffee'];
const DRAWINGS = ['boat', 'dog', 'chart'];

/** Every file of the console by its address. Nothing else of the folder can be asked for. */
const FILES: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/console.js': { name: 'console.js', type: 'text/javascript; charset=utf-8' },
  '/console.css': { name: 'console.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
  ...filesOf(PHOTOGRAPHS, 'jpg', 'image/jpeg'),
  ...filesOf(DRAWINGS, 'svg', 'image/svg+xml'),
};

function filesOf(names: readonly string[], ending: string, type: string) {
  const files = names.map((name) => `examples/${name}.${ending}`);
  return Object.fromEntries(files.map((name) => [`/${name}`, { name, type }]));
}

interface Loaded {
  readonly content: Buffer;
  readonly tag: string;
}

/** Serves the built console from memory; a browser asks again each time and mostly hears that nothing changed. */
export function serveConsoleFiles(folder: string): RequestHandler {
  const loaded = new Map<string, Loaded>();
  return (request, response, next) => {
    const file = Object.hasOwn(FILES, request.path) ? FILES[request.path] : undefined;
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next();
      return;
    }
    const found = loaded.get(file.name) ?? load(path.join(folder, file.name));
    loaded.set(file.name, found);
    setHeaders(response, file.type, found.tag);
    if (request.get('if-none-match') === found.tag) response.status(304).end();
    else response.status(200).end(request.method === 'HEAD' ? undefined : found.content);
  };
}

function load(file: string): Loaded {
  try {
    const content = readFileSync(file);
    return { content, tag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"` };
  } catch (cause) {
    throw new AppError('NOT_FOUND', {}, { cause });
  }
}

function setHeaders(response: Response, type: string, tag: string): void {
  response.setHeader('content-type', type);
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('etag', tag);
  response.setHeader('content-security-policy', CONSOLE_POLICY);
  response.setHeader('permissions-policy', 'camera=(self), microphone=(), geolocation=()');
}
