import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Manifest } from '../../../models/model-folder/manifest';
import type { Conversion as CheckpointConversion } from '../../../models/model-folder/convert';
import type { MiniSource } from '../../../models/architectures/mini/convert';
import type { MiniPrecision } from '../../../models/architectures/mini/weights';
import { clearDrafts } from '../../../models/model-folder/write';
import { realPath } from '../../../models/model-folder/target-folder';
import { ModelError, type ModelErrorCode } from '../../../models/model-error';
import { startProgress } from './progress';

/** What a conversion thread is given. */
export type Conversion =
  | {
      readonly kind: 'checkpoint';
      readonly target: string;
      readonly checkpoint: Omit<CheckpointConversion, 'progress' | 'target'>;
    }
  | { readonly kind: 'mini'; readonly target: string; readonly mini: MiniSource; readonly precision: MiniPrecision };

/** What it tells. */
export type FromConversion =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly manifest: Manifest }
  | { readonly type: 'failed'; readonly code: ModelErrorCode; readonly message: string };

/**
 * Converts in a thread of its own, so that this one can draw the bar and hear Ctrl-C: a conversion computes for minutes without
 * a pause. When the signal aborts the thread ends, and nothing half-written stays. Throws ModelError.
 */
export async function convertApart(conversion: Conversion, label: string, signal: AbortSignal): Promise<Manifest> {
  signal.throwIfAborted();
  const bar = startProgress(label);
  const worker = new Worker(path.join(__dirname, 'conversion-thread.js'), { workerData: conversion });
  try {
    return await new Promise<Manifest>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('The conversion was stopped.')), { once: true });
      worker.on('message', (message: FromConversion) => {
        if (message.type === 'progress') bar.update(message.done, message.total);
        else if (message.type === 'done') resolve(message.manifest);
        else reject(new ModelError(message.code, message.message));
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The conversion ended without a word.')));
    });
  } finally {
    bar.end();
    await worker.terminate();
    if (signal.aborted) clearDrafts(realPath(conversion.target), { ours: true });
  }
}
