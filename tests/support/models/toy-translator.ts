import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { writeMarian } from './marian-cases';

/** The tiny Marian model that was taught a few hundred made-up captions in German; it translates for as many languages as a test likes. */
export class ToyTranslator {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<ToyTranslator> {
    const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-toy-'));
    writeMarian(path.join(folder, 'checkpoint'), 'toy');
    const source = path.join(folder, 'checkpoint');
    await convertCheckpoint({ source, target: path.join(folder, 'model'), precision: 'fp32' });
    return new ToyTranslator(folder);
  }

  /** As `altsmith languages pull` would leave it in a data folder. Whatever the language, its words are German. */
  pullInto(dataDir: string, language = 'de'): void {
    const id = `toy-${language.toLowerCase()}`;
    const target = path.join(dataDir, 'models', id, 'fp32');
    const unfinished = path.join(dataDir, 'models', `.${id}`);
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(this.folder, 'model'), unfinished, { recursive: true });
    const file = path.join(unfinished, 'altsmith-model.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    manifest.id = id;
    manifest.translation.targets = [{ language, token: null }];
    writeFileSync(file, JSON.stringify(manifest));
    renameSync(unfinished, target);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
