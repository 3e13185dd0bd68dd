import type { DecisionAction, DecisionRequest } from '../../contract/decision';
import type { DecidedBy, Suggestion } from '../../contract/suggestion';
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { isSuggestion, pageOf } from '../connection/replies';
import { query } from '../connection/query';
import { ask } from '../connection/request';
import { shape } from '../connection/shape';
import { announce } from '../parts/announcer';
import { approvalOf, STATE_WORDS, type Draft, type Entry } from './entry';
import type { Filter } from './filter';
import { changeList, NOTHING, type List, type ListChange } from './list-change';

const isPage = pageOf(isSuggestion);
const isReply = shape<{ suggestion: Suggestion }>({ suggestion: isSuggestion });
const PAGE = 25;

/** Somebody else decided first: nothing is wrong, but the person should see it. */
const OVERTAKEN = new Set(['SUGGESTION_CHANGED', 'DECISION_NOT_POSSIBLE']);

const SAID: Readonly<Record<DecisionAction, string>> = {
  approve: 'Approved.',
  reject: 'Rejected.',
  decorative: 'Marked as decorative.',
  reopen: 'Open again.',
};

export interface Decided {
  readonly suggestion: Suggestion;
  /** Where it stood in the list, and returns to when it is undone. */
  readonly at: number;
}

export interface Review {
  readonly list: List;
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  readonly edit: (id: string, draft: Partial<Draft>) => void;
  /** True when the decision was taken. */
  readonly decide: (entry: Entry, action: DecisionAction, reason?: string) => Promise<boolean>;
  /** Takes back the latest decision of this visit. Gives the suggestion, or null when there is none. */
  readonly undo: () => Promise<Suggestion | null>;
  readonly canUndo: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
  readonly forget: (ids: readonly string[]) => void;
}

/** Fetches the pages of the list; a reply to an older filter is thrown away. */
function usePages(filter: Filter, dispatch: (change: ListChange) => void) {
  const [error, setError] = useState<ApiError | null>(null);
  const [isLoading, setLoading] = useState(false);
  const visit = useRef(0);

  const load = useCallback(
    (after: string | null) => {
      const mine = visit.current;
      setLoading(true);
      ask(`/v1/suggestions${query({ ...filter, after, limit: PAGE })}`, isPage)
        .then((page) => {
          if (mine !== visit.current) return;
          dispatch({ kind: 'page', items: page.items, next: page.next });
          setError(null);
        })
        .catch((thrown: unknown) => {
          if (mine === visit.current) setError(toApiError(thrown));
        })
        .finally(() => {
          if (mine === visit.current) setLoading(false);
        });
    },
    [filter, dispatch],
  );
  const reload = useCallback(() => {
    visit.current += 1;
    dispatch({ kind: 'reset' });
    load(null);
  }, [load, dispatch]);
  useEffect(reload, [reload]);
  return { error, setError, isLoading, load, reload };
}

export function useReview(filter: Filter, by: DecidedBy): Review {
  const [list, dispatch] = useReducer(changeList, NOTHING);
  const { error, setError, isLoading, load, reload } = usePages(filter, dispatch);
  const [decided, setDecided] = useState<readonly Decided[]>([]);

  const overtaken = async (id: string, what: ApiError) => {
    const { suggestion } = await ask(`/v1/suggestions/${id}`, isReply);
    const who = suggestion.decided_by === null ? '' : ` by ${suggestion.decided_by.name}`;
    const notice = `Somebody changed this since you saw it: it is now ${STATE_WORDS[suggestion.state]}${who}. What you typed is kept.`;
    dispatch({ kind: 'overtaken', suggestion, notice });
    announce(`${what.message} ${notice}`);
  };

  const send = async (suggestion: Suggestion, decision: Omit<DecisionRequest, 'by' | 'version'>) => {
    // Cards show their picture; what is decided there says something about the model.
    const body: DecisionRequest = { ...decision, by, version: suggestion.version, mode: 'one', displayed: true };
    return (await ask(`/v1/suggestions/${suggestion.id}/decision`, isReply, { method: 'POST', json: body })).suggestion;
  };

  const decide = async (entry: Entry, action: DecisionAction, reason?: string): Promise<boolean> => {
    const { suggestion } = entry;
    if (entry.isBusy) return false;
    dispatch({ kind: 'busy', id: suggestion.id, isBusy: true });
    try {
      const after = await send(suggestion, {
        action,
        ...(action === 'approve' ? approvalOf(entry) : {}),
        ...(reason === undefined || reason === '' ? {} : { reason }),
      });
      const at = list.entries.findIndex((one) => one.suggestion.id === suggestion.id);
      if (action !== 'reopen') setDecided((before) => [...before, { suggestion: after, at: Math.max(0, at) }]);
      dispatch({ kind: 'remove', ids: [suggestion.id] });
      setError(null);
      announce(`${SAID[action]} ${list.entries.length - 1} left on this page.`);
      return true;
    } catch (thrown) {
      const problem = toApiError(thrown);
      dispatch({ kind: 'busy', id: suggestion.id, isBusy: false });
      if (OVERTAKEN.has(problem.code)) {
        await overtaken(suggestion.id, problem).catch((again: unknown) => setError(toApiError(again)));
      } else setError(problem);
      return false;
    }
  };

  const undo = async (): Promise<Suggestion | null> => {
    const last = decided.at(-1);
    if (last === undefined) return null;
    try {
      const suggestion = await send(last.suggestion, { action: 'reopen' });
      setDecided((before) => before.slice(0, -1));
      dispatch({ kind: 'put-back', at: last.at, suggestion });
      announce('Taken back: it waits for review again.');
      return suggestion;
    } catch (thrown) {
      setError(toApiError(thrown));
      return null;
    }
  };

  return {
    list,
    error,
    isLoading,
    edit: useCallback((id: string, draft: Partial<Draft>) => dispatch({ kind: 'edit', id, draft }), []),
    decide,
    undo,
    canUndo: decided.length > 0,
    loadMore: () => {
      if (list.next !== null && !isLoading) load(list.next);
    },
    reload,
    forget: useCallback((ids: readonly string[]) => dispatch({ kind: 'remove', ids }), []),
  };
}
