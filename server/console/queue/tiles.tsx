import type { Status } from '../../contract/status';
import type { ComponentChildren } from 'preact';
import { inSeconds, roughly } from '../parts/amounts';
import { costOf, usePrice } from '../parts/price';
import { usePace } from './pace';

interface TileProps {
  readonly name: string;
  readonly children: ComponentChildren;
  readonly note?: string;
}

function Tile({ name, children, note }: TileProps) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <span class="figure">{children}</span>
        {note === undefined ? null : <span class="fine">{note}</span>}
      </dd>
    </div>
  );
}

export function Tiles({ status }: { status: Status }) {
  const price = usePrice();
  const { queue, seconds_per_image: seconds, estimated_wait_seconds: left } = status;
  const perMinute = usePace(status);
  const open = queue.waiting + queue.running;
  return (
    <dl class="tiles">
      <Tile name="Waiting">{queue.waiting.toLocaleString('en')}</Tile>
      <Tile name="Running">{queue.running.toLocaleString('en')}</Tile>
      <Tile name="Rate" note={perMinute === null ? 'measured while the queue moves' : 'since this page was opened'}>
        {perMinute === null ? '–' : `${perMinute < 10 ? perMinute.toFixed(1) : Math.round(perMinute)} / min`}
      </Tile>
      <Tile name="Time left">{open === 0 ? 'none' : left === null ? 'not known yet' : roughly(left)}</Tile>
      <Tile name="A picture takes" note="median of the last ones">
        {seconds === null ? '–' : inSeconds(seconds * 1000)}
      </Tile>
      {price === null ? (
        <Tile name="Cost of a picture" note="set the machine’s price on the Set-up page">
          –
        </Tile>
      ) : (
        <Tile
          name="Cost of a picture"
          note={seconds === null || open === 0 ? '' : `${costOf(seconds * open, price)} for what is open`}
        >
          {seconds === null ? '–' : costOf(seconds, price)}
        </Tile>
      )}
    </dl>
  );
}
