/** The runs of this process that can be ended early, by the id of their job. */
export class RunsHere {
  readonly #runs = new Map<string, AbortController>();

  begin(jobId: string, run: AbortController): void {
    this.#runs.set(jobId, run);
  }

  end(jobId: string): void {
    this.#runs.delete(jobId);
  }

  /** Nobody wants the job any more: its decoding stops at the next step. */
  abort(jobId: string): void {
    this.#runs.get(jobId)?.abort();
  }
}
