import { ModelError } from './model-error';
import type * as Engine from './open-captioner';

/** Alpine and the like: a file of the library may be there, and the system cannot load it all the same. */
function isMusl(): boolean {
  const header: unknown = Reflect.get(process.report.getReport(), 'header');
  const isKnown = typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header;
  return process.platform === 'linux' && !isKnown;
}

function reasonOf(cause: unknown): string {
  const [first = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return first.trim().replace(/\.$/, '');
}

/**
 * The part of Altsmith that runs models, loaded when it is first needed: a machine that lacks its native libraries hears why, and can still
 * use a model on another server. Throws ModelError MODEL_UNAVAILABLE.
 */
export async function nativeEngine(): Promise<typeof Engine> {
  try {
    return await import('./open-captioner');
  } catch (cause) {
    const advice = isMusl()
      ? 'this Linux has musl, and they need glibc: use Debian, or an image made from it'
      : 'run "npm ci" again on this very machine';
    throw new ModelError(
      'MODEL_UNAVAILABLE',
      `The native libraries that run models cannot be loaded on ${process.platform} ${process.arch} (${reasonOf(cause)}); ${advice}.`,
      { cause },
    );
  }
}
