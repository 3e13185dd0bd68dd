import { Environment, SECRETS } from '../../config';
import { note, ok, type Ground, type Finding } from './check';

/** Names that look like settings and are none: most often a slip of the finger. */
export function lookAtSettings({ env }: Pick<Ground, 'env'>): readonly Finding[] {
  const known = new Set<string>([...Object.keys(Environment.shape), ...SECRETS.map((name) => `${name}_FILE`)]);
  const given = Object.keys(env).filter((name) => name.startsWith('ALTSMITH_') && env[name] !== '');
  const strange = given.filter((name) => !known.has(name));
  return [
    ok(`${given.length - strange.length} settings are given, and they make sense.`),
    ...strange.map((name) => note(`${name} is not a setting of the sidecar.`, 'docs/configuration.md lists them.')),
  ];
}
