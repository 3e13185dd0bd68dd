import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../seeded-random';
import { waitFor } from '../wait-for';
import { FetchingSidecar } from './fetching-sidecar';

/** Long enough for a fetch, the conversion and the change-over on an idle machine. */
const LONGEST_LIFE_MS = 9000;

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/**
 * Kills a sidecar that fetches a model `kills` times at moments drawn from the seed, half of the times with its processes as a power cut
 * does, starts it again each time, and resolves once it captions with the fetched model. Prints the seed and the moments.
 */
export async function killFetches(kills: number, seed: number): Promise<FetchingSidecar> {
  const random = seededRandom(seed);
  const fetching = await FetchingSidecar.create({ ALTSMITH_WORKERS: '1' });
  const { hub, sidecar } = fetching;
  hub.pace = { bytes: 8000, everyMs: 100 };
  const moments: string[] = [];
  try {
    for (let round = 1; round <= kills; round += 1) {
      const lifeMs = Math.round(300 + random() * LONGEST_LIFE_MS);
      const isPowerCut = random() < 0.5;
      sidecar.launch();
      await pause(lifeMs);
      const { pid } = sidecar;
      const children = isPowerCut && pid !== null ? childrenOf(pid) : [];
      const ended = sidecar.stop('SIGKILL');
      children.forEach(kill);
      await ended;
      moments.push(`${lifeMs} ms${isPowerCut ? ' with its processes' : ''}`);
    }
    await sidecar.start();
    await waitFor('the fetched model', async () => (await fetching.model()) === 'blip-base', { timeoutMs: 120_000 });
    await waitFor('the checkpoint to be removed', () => fetching.leftovers().length === 0, { timeoutMs: 60_000 });
  } catch (error) {
    await fetching.remove();
    throw new Error(`seed ${seed}: ${moments.join(', ')}\n${sidecar.output}`, { cause: error });
  }
  process.stdout.write(`killed fetches, seed ${seed}: ${moments.join(', ')}\n`);
  return fetching;
}
