import type { AccessKey, KeyScope, NewKeyReply, Site } from '../../contract/admin';
import type { ListedModel, ModelPull } from '../../contract/model';
import { pageOf } from './replies';
import { isNumber, isText, isTruth, listOf, oneOf, orNull, shape } from './shape';

const site = shape<Site>({
  id: isText,
  name: isText,
  auto_approve_from: orNull(isNumber),
  limits: shape<Site['limits']>({
    rate: orNull(isNumber),
    queue: orNull(isNumber),
    bytes: orNull(isNumber),
    weight: isNumber,
  }),
  created_at: isText,
});
const accessKey = shape<AccessKey>({
  id: isText,
  name: isText,
  scope: oneOf<KeyScope>({ site: true, worker: true, admin: true, metrics: true }),
  site_id: orNull(isText),
  created_at: isText,
  expires_at: orNull(isText),
  revoked_at: orNull(isText),
});

const modelPull = shape<ModelPull>({
  state: oneOf<ModelPull['state']>({ running: true, done: true, failed: true }),
  step: isText,
  done_bytes: isNumber,
  total_bytes: isNumber,
  error: orNull(shape<NonNullable<ModelPull['error']>>({ code: isText, message: isText })),
});
const listedModel = shape<ListedModel>({
  id: isText,
  title: isText,
  licence: isText,
  demonstration: isTruth,
  answers_questions: isTruth,
  download_bytes: isNumber,
  precisions: listOf(isText),
  in_use: isTruth,
  pull: orNull(modelPull),
});

export const isModelPage = pageOf(listedModel);
export const isSitePage = pageOf(site);
export const isSiteReply = shape<{ site: Site }>({ site });
export const isKeyPage = pageOf(accessKey);
export const isNewKeyReply = shape<NewKeyReply>({ key: accessKey, secret: isText });
