import { accessSync, constants } from 'node:fs';
import { proxyFor } from '../../../models/fetch/proxy';
import { note, ok, problem, type Finding, type Ground } from './check';

/** How `models pull` and webhooks get out, by the variables that hold for most programs. */
export function lookAtNetwork({ env }: Pick<Ground, 'env'>): readonly Finding[] {
  return [lookAtProxy(env), ...lookAtCertificates(env)];
}

function lookAtProxy(env: NodeJS.ProcessEnv): Finding {
  try {
    const proxy = proxyFor(new URL('https://huggingface.co'), env);
    if (proxy === null) return ok('The model hub is asked directly (HTTPS_PROXY and HTTP_PROXY name no proxy for it).');
    // Without the password that may stand in it.
    return ok(
      `The model hub and webhooks are asked through the proxy ${proxy.protocol}//${proxy.host} (HTTPS_PROXY, HTTP_PROXY).`,
    );
  } catch (error) {
    return problem(`${error instanceof Error ? error.message : String(error)}.`, 'Correct it, or take it away.');
  }
}

function lookAtCertificates({ NODE_EXTRA_CA_CERTS: file = '' }: NodeJS.ProcessEnv): Finding[] {
  if (file === '') return [];
  try {
    accessSync(file, constants.R_OK);
    return [ok(`Certificate authorities of ${file} are trusted, too (NODE_EXTRA_CA_CERTS).`)];
  } catch {
    return [note(`NODE_EXTRA_CA_CERTS names ${file}, which cannot be read.`, 'Node goes on without it.')];
  }
}
