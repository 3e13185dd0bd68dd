import { main } from '../../server/cli/main';

/**
 * Runs `altsmith …` in this process: for words that are refused before any work begins, dozens of which would take a start of Node
 * each. Errors that Node itself throws are of another realm under jest: what depends on them needs `altsmith-command`.
 */
export async function altsmithHere(
  dataDir: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    jest.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += String(chunk);
      return true;
    }),
  );
  const before = process.env['ALTSMITH_DATA_DIR'];
  process.env['ALTSMITH_DATA_DIR'] = dataDir;
  try {
    return { code: await main([...args]), ...written };
  } finally {
    if (before === undefined) delete process.env['ALTSMITH_DATA_DIR'];
    else process.env['ALTSMITH_DATA_DIR'] = before;
    for (const spy of spies) spy.mockRestore();
  }
}
