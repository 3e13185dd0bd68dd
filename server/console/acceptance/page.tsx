import type { Acceptance } from '../../contract/acceptance';
import { ask } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { ago, counted } from '../parts/amounts';
import { Failure } from '../parts/failure';
import { Notice } from '../parts/notice';
import { Empty, Loading } from '../parts/placeholder';
import { isAcceptanceReply } from './reply';

const PATH = '/v1/acceptance';
const EVERY_MS = 10_000;

const TASKS: Readonly<Record<Acceptance['task'], string>> = {
  caption: 'texts of pictures',
  translation: 'translations',
  video: 'texts of videos',
};
const REASONS: Readonly<Record<string, string>> = {
  wrong: 'wrong',
  vague: 'too vague',
  'needs context': 'missed what the image is for',
  'names a person': 'guessed about a person',
  other: 'another reason',
  none: 'no reason given',
};
/** Characters of a version that are shown; enough to tell two apart. */
const SHORT_VERSION = 8;

/** What people did with the texts of each model, and whether fewer are approved as they are than before. */
export function AcceptancePage() {
  const { data, error, reload } = useResource(PATH, (signal) => ask(PATH, isAcceptanceReply, { signal }), EVERY_MS);
  const items = data?.items ?? null;
  return (
    <section class="card" aria-labelledby="acceptance-title">
      <h2 id="acceptance-title">What people do with the texts</h2>
      <p>
        Counted are decisions made one by one, with the card displayed. Those about many at once, or by a rule, say
        nothing about a model.
      </p>
      {error === null ? null : <Failure error={error} retry={reload} />}
      {items === null && error === null ? <Loading what="the decisions" /> : null}
      {items?.length === 0 ? <Empty title="Nobody has decided about a text one by one yet." /> : null}
      {(items ?? []).map((item) => (
        <Drop key={keyOf(item)} item={item} />
      ))}
      {items === null || items.length === 0 ? null : <AcceptanceTable items={items} />}
      <p class="fine">
        From 200 decisions on, a test adds up how many more texts were edited or rejected than the decisions before let
        expect, and says here when that is too many for chance: a drop from 90 % to 70 % is found within 50 decisions
        nine times of ten; where nothing has changed, it is told within 50 decisions in at most 5 of 100.
      </p>
    </section>
  );
}

const keyOf = ({ task, model }: Acceptance) => JSON.stringify([task, model.id, model.fingerprint]);
const percent = (good: number, decisions: number) =>
  decisions === 0 ? 'none yet' : `${Math.round((100 * good) / decisions)} %`;

function Drop({ item: { trend, task, model } }: { item: Acceptance }) {
  const { before, since } = trend;
  if (since === null) return null;
  return (
    <Notice tone="warn">
      <p>
        <strong>Fewer {TASKS[task]} are approved as they are.</strong> {model.id}:{' '}
        {percent(since.good, since.decisions)} of the last {counted(since.decisions, 'decision')}, before that{' '}
        {percent(before.good, before.decisions)} of {before.decisions.toLocaleString('en')}. Look at some of the latest
        texts: has the model changed, or the kind of pictures?
      </p>
    </Notice>
  );
}

function AcceptanceTable({ items }: { items: readonly Acceptance[] }) {
  const now = Date.now();
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of models">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Approved as it was</th>
            <th scope="col">Edited</th>
            <th scope="col">Rejected</th>
            <th scope="col">Decorative</th>
            <th scope="col">Time to decide</th>
            <th scope="col">Last decision</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Row key={keyOf(item)} item={item} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ item, now }: { item: Acceptance; now: number }) {
  const { model, untouched, edited, rejected } = item;
  const all = untouched + edited + rejected;
  const reasons = Object.entries(item.reasons).filter(([, times]) => times > 0);
  return (
    <tr>
      <th scope="row">
        {model.id}
        <br />
        <span class="fine">
          {TASKS[item.task]}
          {model.fingerprint === null ? '' : `, version ${model.fingerprint.slice(0, SHORT_VERSION)}`}
        </span>
      </th>
      <td>
        {percent(untouched, all)}
        <br />
        <span class="fine">
          {untouched.toLocaleString('en')} of {all.toLocaleString('en')}
        </span>
      </td>
      <td>
        {edited.toLocaleString('en')}
        {item.mean_edit === null ? null : (
          <>
            <br />
            <span class="fine">{Math.round(100 * item.mean_edit)} % of the text on average</span>
          </>
        )}
      </td>
      <td>
        {rejected.toLocaleString('en')}
        {reasons.length === 0 ? null : (
          <>
            <br />
            <span class="fine">{reasons.map(([name, times]) => `${REASONS[name] ?? name}: ${times}`).join(', ')}</span>
          </>
        )}
      </td>
      <td>{item.decorative.toLocaleString('en')}</td>
      <td>{item.seconds_to_decide === null ? 'not kept' : `${item.seconds_to_decide.toFixed(1)} s`}</td>
      <td class="nowrap">
        <time dateTime={item.last_at}>{ago(item.last_at, now)}</time>
      </td>
    </tr>
  );
}
