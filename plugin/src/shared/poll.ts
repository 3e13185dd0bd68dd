/** Pause between two calls while something changes, and the longest one while nothing does; milliseconds. */
const REFRESH_MS = 4000;
const SLOWEST_MS = 60_000;

/** A call that failed brought no news. */
async function hasNews(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch {
    return false;
  }
}

/**
 * Calls `ask` at once and then again and again: every 4 seconds while it resolves to true, after growing pauses of up to a minute
 * while it resolves to false or rejects, and not while the tab is hidden. Returns the function that ends it.
 */
export function poll(ask: () => Promise<boolean>): () => void {
  let pause = REFRESH_MS;
  let timer = 0;
  let isOver = false;
  let isAsking = false;
  const look = async () => {
    if (isAsking) return;
    isAsking = true;
    if (!document.hidden) pause = (await hasNews(ask)) ? REFRESH_MS : Math.min(SLOWEST_MS, pause * 1.5);
    isAsking = false;
    if (!isOver) timer = window.setTimeout(() => void look(), pause);
  };
  const lookNow = () => {
    if (document.hidden) return;
    window.clearTimeout(timer);
    pause = REFRESH_MS;
    void look();
  };
  void look();
  document.addEventListener('visibilitychange', lookNow);
  return () => {
    isOver = true;
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', lookNow);
  };
}
