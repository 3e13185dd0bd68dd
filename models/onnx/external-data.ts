import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/** onnxruntime maps external tensors into memory only when they begin on a page. */
const PAGE_BYTES = 4096;

export interface ExternalLocation {
  /** File name relative to the .onnx file. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The file that holds the large tensors of one graph, or of several graphs in the same folder. Tensors are written as
 * they come, so that a conversion never holds more than one of them.
 */
export class ExternalData {
  private readonly handle: number;
  private readonly location: string;
  private end = 0;

  /** Creates (or empties) the file. Throws what the file system throws. */
  constructor(file: string) {
    this.handle = openSync(file, 'w');
    this.location = path.basename(file);
  }

  append(bytes: Uint8Array): ExternalLocation {
    const offset = Math.ceil(this.end / PAGE_BYTES) * PAGE_BYTES;
    let written = 0;
    while (written < bytes.length) {
      written += writeSync(this.handle, bytes, written, bytes.length - written, offset + written);
    }
    this.end = offset + bytes.length;
    return { location: this.location, offset, length: bytes.length };
  }

  close(): void {
    fsyncSync(this.handle);
    closeSync(this.handle);
  }
}
