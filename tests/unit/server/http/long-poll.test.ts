import { longPoll } from '../../../../server/http/long-poll';
import { ChangeSignal } from '../../../../server/review/change-signal';

/** A poll without news; gives what it answered, or null while it is held back. */
function poll(changeSignal: ChangeSignal, siteId: string) {
  const stop = new AbortController();
  const state = { answer: null as string | null, stop };
  const end = longPoll({
    look: () => 'nothing',
    isNews: () => false,
    siteId,
    waitSeconds: 25,
    signal: stop.signal,
    changeSignal,
    isStopping: () => false,
  }).then((answer) => (state.answer = answer));
  return { state, end };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const heldOf = (polls: readonly { state: { answer: string | null } }[]) =>
  polls.filter(({ state }) => state.answer === null).length;

test('a site holds 64 answers, all sites together half of the connections, and what is above is answered at once', async () => {
  const changeSignal = new ChangeSignal(100);
  const one = Array.from({ length: 70 }, () => poll(changeSignal, 'site_a'));
  const other = Array.from({ length: 40 }, () => poll(changeSignal, 'site_b'));
  await turn();
  expect([heldOf(one), heldOf(other)]).toEqual([64, 36]);
  // A commit of the site wakes them; without news for them they wait again.
  changeSignal.notify('site_a');
  await turn();
  expect(heldOf(one)).toBe(64);
  // An answer that has ended makes room for the next.
  one[0]!.state.stop.abort();
  await turn();
  const next = poll(changeSignal, 'site_b');
  await turn();
  expect([heldOf(one), heldOf([next])]).toEqual([63, 1]);
  for (const { state } of [...one, ...other, next]) state.stop.abort();
  await Promise.all([...one, ...other, next].map(({ end }) => end));
  expect(changeSignal.hasRoom('site_a')).toBe(true);
});
