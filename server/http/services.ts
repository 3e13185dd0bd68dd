import type { z } from 'zod';
import type { Acceptance } from '../contract/acceptance';
import type { AdminSettings } from '../contract/admin';
import type { AnswerReply, CaptionOptions, CaptionReply, Task } from '../contract/caption';
import type { BulkDecisionReply, BulkDecisionRequest, WriteBackRequest } from '../contract/decision';
import type { FirstSteps } from '../contract/first-steps';
import type { BulkJobReply, BulkJobRequest, Job, JobRequest } from '../contract/job';
import type { ComingModel, ListedModel } from '../contract/model';
import type { ModelRef, Subject } from '../contract/primitives';
import type { Run, RunAction, RunRequest } from '../contract/run';
import type { SiteProfile, SiteProfileChange } from '../contract/site';
import type { TranslationReply } from '../contract/translation';
import type {
  ListedWorker,
  WorkerAnnouncement,
  WorkerAnnouncementReply,
  WorkerClaim,
  WorkerClaimRequest,
  WorkerFailure,
  WorkerFinish,
  WorkerStartRequest,
} from '../contract/worker';
import type { AppError } from '../errors';
import type { HeldPictures } from '../intake/held-pictures';
import type { ImageStore } from '../intake/image-store';
import type { SiteStorage } from '../intake/site-bytes';
import type { SpooledImage, SpooledVideo } from '../intake/spool';
import type { VideoStore } from '../intake/video-store';
import type { Logger } from '../logger';
import type { ClaimRef } from '../queue/queue';
import type { JobStore } from '../queue/job-store';
import type { Eraser, Erasing } from '../retention/eraser';
import type { ErasurePreview } from '../retention/erasure-preview';
import type { ChangeEntries } from '../review/change-feed';
import type { ChangeSignal } from '../review/change-signal';
import type { RunStore } from '../review/run-store';
import type { SiteLists } from '../review/list-reader';
import type { SuggestionStore } from '../review/suggestion-store';
import type { InstanceStore } from '../sites/instance-store';
import type { Suggestion } from '../contract/suggestion';
import type { AuditStore } from '../sites/audit-store';
import type { KeyStore } from '../sites/key-store';
import type { Pairings } from '../sites/pairings';
import type { SiteStore } from '../sites/site-store';
import type { Registration } from '../webhooks/webhook-store';
import type { PredictionEnds } from '../predictions/prediction-ends';
import type { PredictionStore } from '../predictions/prediction-store';
import type { Tracing } from '../tracing/tracing';
import type { Admission } from './body/admission';
import type { Metrics } from './metrics';
import type { Principal } from '../sites/key-store';
import type { PublicLinks } from './public-links';
import type { SiteRate } from './site-rate';
import type { Speaker } from './speaker';

/** What one instance of a key's site can reach. Made anew for each request; nothing in it can name another site. */
export interface SiteServices {
  readonly id: string;
  readonly name: string;
  readonly images: ImageStore;
  readonly videos: VideoStore;
  readonly jobs: JobStore;
  /** Takes the turn in the speaker's header, if there is one. Throws INSTANCE_CONFLICT. */
  readonly takeTurn: () => void;
  /** Entries of the change feed after a cursor. */
  readonly readChanges: (after: string | undefined, limit: number) => ChangeEntries;
  readonly suggestions: SuggestionStore;
  readonly runs: RunStore;
  /** Throws LANGUAGE_UNKNOWN, LANGUAGE_NOT_PULLED. */
  readonly createRun: (request: RunRequest) => Run;
  /** What is the same for all installations of the site. */
  readonly profile: () => SiteProfile;
  /** Throws LANGUAGE_UNKNOWN. */
  readonly changeProfile: (change: SiteProfileChange) => SiteProfile;
  /** One text now. Rejects with LANGUAGE_UNKNOWN, LANGUAGE_NOT_PULLED, and what the translator failed with. */
  readonly translate: (text: string, to: string) => Promise<TranslationReply>;
  /** Throws NOT_FOUND, RUN_NOT_POSSIBLE. */
  readonly actOnRun: (runId: string, action: RunAction) => Run;
  /** Of all instances of the site. */
  readonly firstSteps: () => FirstSteps;
  readonly acceptJob: (request: JobRequest, idempotencyKey: string | null) => Promise<{ job: Job; isNew: boolean }>;
  /** Many jobs, each with its own answer. */
  readonly acceptJobs: (request: BulkJobRequest) => Promise<BulkJobReply>;
  /** Throws NOT_FOUND, JOB_NOT_POSSIBLE, IMAGE_UNKNOWN. */
  readonly retryJob: (jobId: string) => Job;
  /** What people did with the texts of each model. */
  readonly acceptances: () => Acceptance[];
  /** Many decisions, each with its own answer. */
  readonly decide: (request: BulkDecisionRequest) => Promise<BulkDecisionReply>;
  readonly predictions: PredictionStore;
  /** Throws WEBHOOK_TARGET_REFUSED. */
  readonly webhook: {
    readonly register: (url: string) => Registration;
    readonly remove: () => boolean;
  };
  /** What the CMS did with an approved text. Throws NOT_FOUND, WRITE_BACK_NOT_POSSIBLE. */
  readonly writeBack: (suggestionId: string, report: WriteBackRequest) => Suggestion;
  readonly eraseSubject: (subject: Subject) => Promise<Erasing>;
  readonly eraseImage: (sha256: string) => Promise<Erasing>;
  readonly wouldErase: {
    readonly subject: (subject: Subject) => Promise<Erasing>;
    readonly image: (sha256: string) => Promise<Erasing>;
  };
  readonly listSuggestions: SiteLists;
}

export interface RemoteWorkService {
  announce(request: WorkerAnnouncement): WorkerAnnouncementReply;
  next(request: WorkerClaimRequest, signal: AbortSignal): Promise<string | null>;
  start(jobId: string, request: WorkerStartRequest): Promise<{ claim: WorkerClaim; path: string }>;
  claim(request: WorkerClaimRequest, signal: AbortSignal): Promise<WorkerClaim | null>;
  image(ref: ClaimRef): string;
  heartbeat(ref: ClaimRef): void;
  finish(jobId: string, body: z.infer<typeof WorkerFinish>): Promise<void>;
  fail(jobId: string, body: z.infer<typeof WorkerFailure>): 'waiting' | 'failed';
  release(ref: ClaimRef): void;
}

export interface Health {
  readonly ready: boolean;
  readonly model: (ModelRef & { readonly tasks: Task[] }) | null;
  /** What the model can do beside captioning; null while there is none. */
  readonly abilities: { readonly answer: boolean; readonly prompt: boolean } | null;
  /** Address of the server that is sent the bytes of each picture as well; null: nothing leaves this machine. */
  readonly bytesAlsoGoTo: string | null;
  readonly secondsPerImage: number | null;
  readonly workers: number;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** What an operator has to mend although work goes on. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** Everything the routes use. Built by app.ts; the routes construct nothing. */
export interface Services {
  readonly version: string;
  readonly logger: Logger;
  readonly checkKey: (key: string) => Principal | null;
  /** Null when the site is gone. Throws INSTANCE_CONFLICT. */
  readonly forSite: (siteId: string, speaker: Speaker) => SiteServices | null;
  readonly instancesOf: (siteId: string) => InstanceStore;
  /** Streams a body to a file, checks it, and gives it over. Throws STORAGE_FULL before the first byte is read. */
  readonly spool: (body: AsyncIterable<Uint8Array>) => Promise<SpooledImage>;
  /** What has to do with reading videos. */
  readonly videos: {
    /** Most bytes of one video. */
    readonly maxBytes: number;
    /** Like `spool`. Throws VIDEO_TYPE_UNSUPPORTED, VIDEO_TOO_LARGE, STORAGE_FULL. */
    readonly spool: (body: AsyncIterable<Uint8Array>) => Promise<SpooledVideo>;
    /** Throws VIDEO_DECODER_MISSING. */
    readonly requireDecoder: () => void;
    /** Why no video can be read here; null when they can. */
    readonly problem: () => { readonly code: string; readonly message: string } | null;
  };
  /** The bytes behind an address. Throws URL_INPUT_OFF, URL_BLOCKED, URL_FETCH_FAILED. */
  readonly fetchPicture: (url: string) => Promise<AsyncIterable<Uint8Array>>;
  /** Whether the sidecar may connect to an address at all. Throws URL_INPUT_OFF, URL_BLOCKED. */
  readonly checkAddress: (url: string) => void;
  /** Where clients find the sidecar. */
  readonly links: PublicLinks;
  /** Pictures of request bodies, until they are asked for. */
  readonly pictures: HeldPictures;
  readonly siteRate: SiteRate;
  /** Who may send a body now. */
  readonly admission: Admission;
  /** Most bytes of one image. */
  readonly maxBytes: number;
  /** What an hour of this machine costs its owner, where they said so. */
  readonly price: { readonly perHour: number; readonly currency: string } | null;
  /** Further names that the model is listed under to Ollama's clients. */
  readonly ollamaNames: readonly string[];
  readonly predictions: PredictionEnds;
  /** One picture at once, for a site, or for this machine; its file is deleted when it is done. */
  /** Throws QUEUE_FULL. */
  readonly requireCaptionRoom: (siteId: string | null) => void;
  readonly captionNow: (
    picture: Pick<SpooledImage, 'file' | 'sha256'>,
    options: CaptionOptions,
    by: { readonly siteId: string | null; readonly signal: AbortSignal },
  ) => Promise<CaptionReply | AnswerReply>;
  /** Sites and keys of everybody: for routes with the access `admin` only. */
  readonly administration: {
    readonly sites: SiteStore;
    readonly keys: KeyStore;
    readonly audit: AuditStore;
    readonly eraser: Eraser;
    readonly wouldErase: Pick<ErasurePreview, 'site'>;
    readonly storageOf: (siteId: string) => SiteStorage;
    readonly settings: AdminSettings;
    /** Of all sites. */
    readonly acceptances: () => Acceptance[];
  };
  /** For routes with the access `admin` only. Throw MODEL_UNKNOWN; PULL_NOT_POSSIBLE; MODEL_NOT_HERE, MODEL_FIXED. */
  readonly models: {
    readonly list: () => ListedModel[];
    readonly pull: (id: string) => ListedModel;
    readonly cancel: (id: string) => ListedModel;
    /** The running sidecar changes over within seconds. */
    readonly use: (id: string, precision: string | undefined) => ListedModel;
  };
  /** A better model that is on its way, or why it is not there. */
  readonly comingModel: () => ComingModel | null;
  /** One-time codes for connecting a CMS. */
  readonly pairings: Pick<Pairings, 'create' | 'claim'>;
  readonly changeSignal: ChangeSignal;
  /** Tells the workers that a job of this id waits. */
  readonly ring: (jobId: string) => void;
  /** The jobs as workers on other machines see them. */
  readonly remoteWork: RemoteWorkService;
  /** For routes with the access `admin` only. */
  readonly workers: () => ListedWorker[];
  /** Aborts once a stop was asked for. */
  readonly stopping: AbortSignal;
  readonly health: () => Health;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** True once a stop was asked for: long polls end, new work is refused. */
  readonly isStopping: () => boolean;
  /** An error of the disk or the database in the words of the catalogue; null for any other. */
  readonly translate: (thrown: unknown) => AppError | null;
}
