import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { waitFor } from './wait-for';

/** The longest turn of a sidecar's event loop, in processor time; loop-meter-preload.cjs measures it there. */
export class LoopMeter {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-meter-'));
  readonly #file = path.join(this.#folder, 'longest');
  #measurements = 0;

  /** Environment that the sidecar is started with. */
  readonly env = { ALTSMITH_TEST_METER: this.#file };

  /** Arguments for node that load the meter; they come before the program. `root` is the repository. */
  static preload(root: string): string[] {
    return ['-r', path.join(root, 'tests/support/loop-meter-preload.cjs')];
  }

  /** The longest turn since the measurement began, in ms of processor time. */
  get longestMs(): number {
    return this.#read().ms;
  }

  /** Begins the next measurement. */
  async begin(pid: number | null): Promise<void> {
    if (pid === null) throw new Error('the process has ended');
    this.#measurements += 1;
    process.kill(pid, 'SIGUSR2');
    await waitFor('the meter to begin anew', () => this.#read().measurement === this.#measurements, { everyMs: 5 });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #read(): { measurement: number; ms: number } {
    const [measurement, ms] = readFileSync(this.#file, 'utf8').trim().split(' ').map(Number);
    return { measurement: measurement ?? 0, ms: ms ?? 0 };
  }
}
