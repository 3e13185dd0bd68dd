import type { AccessKey, AdminSettings, AuditEntry, KeyScope, NewKeyReply, Site } from '../../contract/admin';
import type { ErasurePreviewReply } from '../../contract/erasure';
import type { ListedModel, ModelPull } from '../../contract/model';
import type { ListedWorker } from '../../contract/worker';
import { isModelRef, isTask, pageOf } from './replies';
import { isJson, isNumber, isText, isTruth, listOf, oneOf, orNull, shape } from './shape';

const site = shape<Site>({
  id: isText,
  name: isText,
  auto_approve_from: orNull(isNumber),
  auto_approve_most_bad: orNull(isNumber),
  limits: shape<Site['limits']>({
    rate: orNull(isNumber),
    queue: orNull(isNumber),
    bytes: orNull(isNumber),
    weight: isNumber,
  }),
  storage: shape<Site['storage']>({ images: isNumber, image_bytes: isNumber, thumbnail_bytes: isNumber }),
  erasing_since: orNull(isText),
  created_at: isText,
});
const auditEntry = shape<AuditEntry>({
  at: isText,
  key_id: orNull(isText),
  action: isText,
  target: orNull(isText),
  details: isJson,
  outcome: isText,
});
const listedWorker = shape<ListedWorker>({
  name: isText,
  model: orNull(isModelRef),
  tasks: listOf(isText),
  slots: isNumber,
  problem: orNull(shape<NonNullable<ListedWorker['problem']>>({ code: isText, message: isText })),
  running: isNumber,
  pictures: isNumber,
  failures: isNumber,
  last_error: orNull(isText),
  last_seen: isText,
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
  tasks: listOf(isTask),
  download_bytes: isNumber,
  precisions: listOf(isText),
  in_use: isTruth,
  recommendation: orNull(isText),
  pull: orNull(modelPull),
  loaded: isTruth,
});

export const isModelPage = pageOf(listedModel);
export const isSitePage = pageOf(site);
export const isKeyPage = pageOf(accessKey);
export const isNewKeyReply = shape<NewKeyReply>({ key: accessKey, secret: isText });
export const isAuditPage = pageOf(auditEntry);
export const isWorkerPage = pageOf(listedWorker);
export const isAdminSettings = shape<AdminSettings>({
  limits: shape<AdminSettings['limits']>({ rate: orNull(isNumber), queue: isNumber, bytes: orNull(isNumber) }),
  retention: shape<AdminSettings['retention']>({
    originals_minutes: isNumber,
    thumbnails_days: isNumber,
    history_days: isNumber,
    predictions_hours: isNumber,
  }),
});
export const isErasurePreview = shape<ErasurePreviewReply>({
  would_erase: shape<ErasurePreviewReply['would_erase']>({ suggestions: isNumber, jobs: isNumber, images: isNumber }),
  backups: isNumber,
  backups_until: orNull(isText),
});
