/** How often an open screen asks for news while something moves, and at most where nothing does; milliseconds. */
const REFRESH_MS = 4000;
const SLOWEST_MS = 60_000;

/**
 * Asks again and again: often while something moves, less and less often where nothing does, and not behind other tabs.
 * `ask` says whether anything moves. Gives what ends it.
 */
export function poll(ask: () => Promise<boolean>): () => void {
  let pause = REFRESH_MS;
  let timer = 0;
  let isOver = false;
  let isAsking = false;
  const look = async () => {
    if (isAsking) return;
    isAsking = true;
    if (!document.hidden) pause = (await ask()) ? REFRESH_MS : Math.min(SLOWEST_MS, pause * 1.5);
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
