import { readConfig } from '../config';
import { isErrorCode } from '../errors';
import { requeueFailed } from '../queue/requeue-store';
import { refuseMoreThan, runCommand, UsageError } from './command';
import { withData } from './live-data';

const HELP = `Usage: altsmith requeue [--code CODE]

Lets failed jobs wait again, with their counts at zero: those that failed with CODE, or without it all whose error can
pass (docs/errors.md, column "again"). Jobs whose image bytes are gone fail again; the CMS then sends them anew.
A running sidecar takes them up within a second.
`;

/** `altsmith requeue`. */
export function run(args: string[]): Promise<number> {
  return runCommand(
    {
      help: HELP,
      options: { code: { type: 'string' } },
      work: (words, say) => {
        refuseMoreThan(0, words);
        const code = words.text('code');
        if (code !== undefined && !isErrorCode(code)) throw new UsageError(`There is no error code "${code}".`);
        return withData(readConfig(process.env), async ({ storage, recordAround }) => {
          const requeue = () => requeueFailed(storage, code ?? null);
          const event = { action: 'requeue', target: code ?? 'all' };
          const count = await recordAround(event, requeue, (requeued) => ({ requeued }));
          say({ requeued: count }, [`${count} ${count === 1 ? 'job waits' : 'jobs wait'} again.`]);
          return 0;
        });
      },
    },
    args,
  );
}
