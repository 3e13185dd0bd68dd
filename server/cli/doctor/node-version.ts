import { ok, problem, type Finding, type Look } from './check';

/** The `engines` of package.json; a test compares them. */
export const OLDEST_NODE = '20.19.0';

function isOlder(version: string, than: string): boolean {
  const [own, other] = [version, than].map((text) => text.split('.').map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (own?.[at] ?? 0) - (other?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Whether this Node can run Altsmith. */
export const lookAtNode: Look = () => judgeNode(process.versions.node);

export function judgeNode(version: string): readonly Finding[] {
  if (isOlder(version, OLDEST_NODE)) {
    return [problem(`Node ${version} is too old.`, `Install Node ${OLDEST_NODE} or a later one.`)];
  }
  return [ok(`Node ${version} on ${process.platform} ${process.arch}.`)];
}
