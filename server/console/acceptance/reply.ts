import type { Acceptance, AcceptanceReply, AcceptanceTask } from '../../contract/acceptance';
import { type Check, isNumber, isObject, isText, listOf, oneOf, orNull, shape } from '../connection/shape';

const share = shape<Acceptance['trend']['before']>({ good: isNumber, decisions: isNumber });
const isReasons: Check<Acceptance['reasons']> = (value): value is Acceptance['reasons'] =>
  isObject(value) && Object.values(value).every(isNumber);

const acceptance = shape<Acceptance>({
  site_id: isText,
  task: oneOf<AcceptanceTask>({ caption: true, translation: true, video: true }),
  model: shape<Acceptance['model']>({ id: isText, fingerprint: orNull(isText) }),
  untouched: isNumber,
  edited: isNumber,
  mean_edit: orNull(isNumber),
  rejected: isNumber,
  reasons: isReasons,
  decorative: isNumber,
  seconds_to_decide: orNull(isNumber),
  trend: shape<Acceptance['trend']>({
    state: oneOf<Acceptance['trend']['state']>({ too_few: true, steady: true, dropped: true }),
    before: share,
    since: orNull(share),
  }),
  first_at: isText,
  last_at: isText,
});

export const isAcceptanceReply = shape<AcceptanceReply>({ items: listOf(acceptance) });
