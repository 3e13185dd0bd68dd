import { call } from '../shared/api';

export interface FailedImage {
  readonly attachment_id: number;
  readonly title: string;
  readonly file_name: string;
  readonly thumbnail: string | null;
  readonly code: string;
  readonly reason: string;
  readonly edit_url: string;
}

export interface FailedPage {
  readonly items: readonly FailedImage[];
  readonly total: number;
  readonly pages: number;
  readonly reasons: readonly { readonly code: string; readonly message: string; readonly count: number }[];
}

export const listFailed = (page: number): Promise<FailedPage> => call('GET', `failed?page=${page}`);

/** Tries images again, all of them without ids. Gives how many. */
export async function retryFailed(ids: readonly number[]): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const answer = await call<{ readonly retried: number; readonly after: number }>('POST', 'failed/retry', { ids, after });
    count += answer.retried;
    if (answer.after === 0) return count;
    after = answer.after;
  }
}
