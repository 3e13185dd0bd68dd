import type { Route } from './route';
import { listAcceptances, listAllAcceptances } from './routes/acceptance';
import { listAudit } from './routes/admin-audit';
import { createKey, listKeys, revokeKey, rotateKey } from './routes/admin-keys';
import { cancelPull, listModels, pullModel, useModel } from './routes/admin-models';
import { changeSite, createSite, getSettings, listSites } from './routes/admin-sites';
import { captions } from './routes/captions';
import { getChanges } from './routes/changes';
import { livez, readyz, status } from './routes/health';
import { getThumbnail, headImage, putImage } from './routes/images';
import { cancelJob, getJob, listJobs, postJob, postJobs, retryJob } from './routes/jobs';
import {
  eraseImage,
  eraseSite,
  eraseSubject,
  previewImageErasure,
  previewSiteErasure,
  previewSubjectErasure,
} from './routes/erasure';
import { listInstances, settleInstance } from './routes/instances';
import { metrics } from './routes/metrics';
import { openApiRoute } from './routes/openapi';
import { claimPairing, createPairing } from './routes/pairings';
import { actOnRun, createRun, getRun, listRuns } from './routes/runs';
import {
  decideSuggestion,
  decideSuggestions,
  getSuggestion,
  listSuggestions,
  writeBackSuggestion,
} from './routes/suggestions';
import { getSite, putSite, translate } from './routes/site';
import { eraseVideo, getPoster, headVideo, previewVideoErasure, putVideo } from './routes/videos';
import { deleteWebhook, putWebhook } from './routes/webhook';
import {
  listWorkers,
  workerAnnounce,
  workerClaim,
  workerFail,
  workerFinish,
  workerHeartbeat,
  workerImage,
  workerNext,
  workerRelease,
  workerStart,
} from './routes/worker';

import { COMPAT_ROUTES } from './compat/faces';

/** Every route there is. The OpenAPI document and the tests of access walk this list. */
export const ROUTES: readonly Route[] = [
  openApiRoute(() => ROUTES),
  metrics,
  livez,
  readyz,
  status,
  captions,
  putImage,
  headImage,
  getThumbnail,
  putVideo,
  headVideo,
  getPoster,
  postJob,
  getJob,
  postJobs,
  listJobs,
  cancelJob,
  retryJob,
  listSuggestions,
  getSuggestion,
  decideSuggestion,
  writeBackSuggestion,
  decideSuggestions,
  listAcceptances,
  listAllAcceptances,
  createRun,
  listRuns,
  getRun,
  ...actOnRun,
  getSite,
  putSite,
  translate,
  getChanges,
  listSites,
  createSite,
  changeSite,
  getSettings,
  listKeys,
  createKey,
  listAudit,
  rotateKey,
  revokeKey,
  listWorkers,
  listModels,
  pullModel,
  cancelPull,
  useModel,
  eraseImage,
  eraseSubject,
  eraseSite,
  previewImageErasure,
  eraseVideo,
  previewVideoErasure,
  previewSubjectErasure,
  previewSiteErasure,
  putWebhook,
  deleteWebhook,
  listInstances,
  settleInstance,
  createPairing,
  claimPairing,
  workerAnnounce,
  workerNext,
  workerStart,
  workerClaim,
  workerImage,
  workerHeartbeat,
  workerFinish,
  workerFail,
  workerRelease,
  ...COMPAT_ROUTES,
];
