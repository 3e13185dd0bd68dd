/** Codes that a model may fail with; each is also an entry of the server's error catalogue. */
export type ModelErrorCode =
  | 'MODEL_FILE_MISSING'
  | 'MODEL_FILE_DAMAGED'
  | 'MODEL_UNAVAILABLE'
  | 'MODEL_TOO_LARGE'
  | 'CAPTION_MODEL_MISSING'
  | 'QUESTION_MODEL_MISSING'
  | 'PROMPT_NOT_POSSIBLE'
  | 'TASK_NOT_POSSIBLE'
  | 'LANGUAGE_NOT_POSSIBLE'
  | 'HUB_UNREACHABLE'
  | 'HUB_REFUSED'
  | 'STORAGE_FULL'
  | 'STORAGE_UNAVAILABLE'
  | 'FILE_UNREADABLE'
  | 'FOLDER_TAKEN'
  | 'PULL_NOT_POSSIBLE'
  | 'MODEL_SERVER_UNREACHABLE'
  | 'MODEL_SERVER_REFUSED'
  | 'MODEL_SERVER_BUSY'
  | 'MODEL_SERVER_FAILED'
  | 'MODEL_REPLY_UNUSABLE'
  | 'CAPTION_TIMEOUT'
  | 'BAD_REQUEST';

/** An error of models/, which knows nothing of the server. The message is a plain sentence that says what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  /** When a server that has too much to do wants to be asked again, if it has said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ModelErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
