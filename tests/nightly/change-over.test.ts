import { changeOver, expectNothingLost } from '../support/models/change-over';
import { FetchingSidecar } from '../support/models/fetching-sidecar';

const LOAD = { first: 120, decided: 30, meanwhile: 60, afterwards: 20, callers: 6 };

test('two hundred pictures and six callers go through a change of model: nothing fails, nothing is lost', async () => {
  const fetching = await FetchingSidecar.create({ ALTSMITH_WORKERS: '2' });
  try {
    fetching.hub.pace = { bytes: 100, everyMs: 500 };
    await fetching.sidecar.start();
    const outcome = await changeOver(fetching, LOAD, () => {
      fetching.hub.pace = null;
    });
    expectNothingLost(outcome, LOAD);
    expect([fetching.leftovers(), fetching.wrongStarts]).toEqual([[], []]);
    const { captions, failures, failedJobs, undecided, before } = outcome;
    const made = Object.entries(captions).map(([model, count]) => `${count} by ${model}`);
    process.stdout.write(
      `captions: ${made.join(', ')}, ${failures.length} failed; jobs failed: ${failedJobs.length}; ` +
        `asked again or new: ${undecided.length}; decided and untouched: ${before.length}\n`,
    );
  } finally {
    await fetching.remove();
  }
}, 900_000);
