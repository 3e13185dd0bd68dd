// The thread that reads lists: it answers one `ListQuestion` after the other over a connection of its own, and ends at null.
import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../errors';
import { openForReading, type Storage } from '../storage/database';
import { storageProblem } from '../storage/sqlite-error';
import type { ListAnswer, ListQuestion } from './list-reader';
import { SuggestionList } from './suggestion-list';

function read(storage: Storage, { scope, kind, filter }: ListQuestion): ListAnswer {
  const list = new SuggestionList(storage, scope);
  return { result: kind === 'page' ? list.page(filter) : list.total(filter) };
}

function failureOf(thrown: unknown): ListAnswer {
  const error = storageProblem(thrown) ?? thrown;
  const { code, details } = error instanceof AppError ? error : { code: 'INTERNAL' as const, details: {} };
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { failure: { code, details, text } };
}

// Without a parent this is no thread: somebody only imported it.
if (parentPort !== null) {
  const port = parentPort;
  let storage: Storage | null = null;
  port.on('message', (question: ListQuestion | null) => {
    if (question === null) {
      storage?.close();
      port.close();
      return;
    }
    try {
      storage ??= openForReading(workerData as string);
      port.postMessage(read(storage, question));
    } catch (thrown) {
      port.postMessage(failureOf(thrown));
    }
  });
}
