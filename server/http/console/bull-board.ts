import type { Queue } from 'bull';
import type { Express, RequestHandler } from 'express';

type Render = (file: string, data: object, done: (error: unknown, html?: string) => void) => void;

/** bull-board over these queues, for requests below `path`. Loaded here: most sidecars never show it. */
export async function makeBoard(queues: readonly Queue[], path: string): Promise<RequestHandler> {
  const [{ createBullBoard }, { BullAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullAdapter'),
    import('@bull-board/express'),
  ]);
  const serverAdapter = new ExpressAdapter().setBasePath(path);
  createBullBoard({
    queues: queues.map((queue) => new BullAdapter(queue, { readOnlyMode: true })),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Jobs in Redis',
        // These two ask for rights in Redis that a user needs for nothing else; the console lists the machines.
        hideRedisDetails: true,
        showWorkers: false,
        miscLinks: [{ text: 'Back to the console', url: `${path.replace(/console\/bull-board\/$/, '')}#workers` }],
      },
    },
  });
  const app = serverAdapter.getRouter() as Express & { engines: Record<string, Render> };
  app.disable('x-powered-by');
  const render = app.engines['.ejs'];
  if (render !== undefined) app.engines['.ejs'] = withOwnFilesOnly(render);
  return app;
}

/** bull-board's page loads a font from another host and has inline styles; the policy allows neither. */
function withOwnFilesOnly(render: Render): Render {
  return (file, data, done) => {
    render(file, data, (error, html) => {
      done(
        error,
        html
          ?.replace(/<link[^>]+href="https?:[^>]*>/g, '')
          .replace(/<style>[^<]*<\/style>/g, '')
          .replace(/ style="[^"]*"/g, ''),
      );
    });
  };
}
