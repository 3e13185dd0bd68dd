import type { FirstSteps } from '../contract/first-steps';

export interface ConnectionFacts {
  /** Address of the sidecar. */
  readonly url: string;
  /** A fresh one-time code; null where none may be shown. */
  readonly code: string | null;
}

/** The three first steps, a line each with what to do; the same as on the console's first page and the plugin's first screen. */
function stepsOf({ url, code }: ConnectionFacts): Record<keyof FirstSteps, { title: string; how: string }> {
  const shown =
    code === null
      ? `a one-time code, which "altsmith pair" shows, and ${url} under Set-up`
      : `the one-time code ${code} (ten minutes)`;
  return {
    connect: {
      title: 'Connect WordPress',
      how: `there, under Settings → Altsmith, enter the address ${url} and ${shown}`,
    },
    try: { title: 'Try one picture', how: 'in WordPress under Settings → Get started with Altsmith' },
    existing: { title: 'Existing images', how: 'in WordPress under Media → Existing images' },
  };
}

const ORDER = ['connect', 'try', 'existing'] as const;

/** Empty once all three are done. */
export function firstStepLines(done: FirstSteps, facts: ConnectionFacts): string[] {
  if (ORDER.every((name) => done[name])) return [];
  const steps = stepsOf(facts);
  return ORDER.map((name, index) => {
    const { title, how } = steps[name];
    return `${index + 1}. ${title}: ${done[name] ? 'done' : how}`;
  });
}

/** The first step that is open, as one sentence; null once all are done. */
export function nextStep(done: FirstSteps, facts: ConnectionFacts): string | null {
  const open = ORDER.find((name) => !done[name]);
  if (open === undefined) return null;
  const { title, how } = stepsOf(facts)[open];
  return `${title}: ${how}.`;
}
