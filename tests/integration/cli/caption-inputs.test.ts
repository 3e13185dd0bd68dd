import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../server/errors';
import { checkFile, findInputs } from '../../../server/cli/caption/inputs';

const CAT = path.resolve(__dirname, '../../fixtures/images/cat.jpg');
const NOBODY = 65534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-inputs-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Rights of files do not hold for root. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** What standard input of those bytes stands for: names, or codes of what fails. */
async function fromStandardInput(content: Buffer | string, { chunk = 64, maxBytes = 1e6 } = {}) {
  let folders = 0;
  const store = { folder: () => ((folders += 1), folder), maxBytes };
  const inputs = await findInputs(['-'], inChunks(Buffer.from(content), chunk), store);
  return {
    inputs,
    names: inputs.map((input) => ('problem' in input ? [input.name, input.problem.code] : input.name)),
    folders,
  };
}

const noInput = () => inChunks(Buffer.alloc(0), 1);
const NO_STORE = {
  folder: (): string => {
    throw new Error('There is no picture to store.');
  },
  maxBytes: 1e6,
};

describe('a folder', () => {
  it('gives its pictures, under every ending that JPEGs have', async () => {
    for (const name of ['a.JFIF', 'b.jpe', 'c.jpeg', 'd.txt', 'e.webp']) writeFileSync(path.join(folder, name), '');
    const inputs = await findInputs([folder], noInput(), NO_STORE);
    expect(inputs.map(({ name }) => path.relative(folder, name))).toEqual(['a.JFIF', 'b.jpe', 'c.jpeg', 'e.webp']);
  });

  it('that may not be read stands for itself, and the pictures beside it for themselves', async () => {
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'x.jpg'), '');
    }
    chmodSync(path.join(folder, 'b'), 0);
    const inputs = await asNobody(() => findInputs([folder], noInput(), NO_STORE));
    expect(inputs.map(({ name }) => path.relative(folder, name))).toEqual(['a/x.jpg', 'b', 'c/x.jpg']);
    const alone = await asNobody(() => findInputs([path.join(folder, 'b')], noInput(), NO_STORE));
    expect(alone.map(({ name }) => path.relative(folder, name))).toEqual(['b']);
    await expect(checkFile(path.join(folder, 'b'), 1e6)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('a pattern', () => {
  it('that can match nothing stands for itself', async () => {
    const word = path.join(folder, '[z-a].jpg');
    expect(await findInputs([word], noInput(), NO_STORE)).toEqual([{ name: word, file: word }]);
  });
});

describe('a file', () => {
  it('of too many bytes is refused', async () => {
    const file = path.join(folder, 'huge.jpg');
    writeFileSync(file, '');
    truncateSync(file, 1001);
    await expect(checkFile(file, 1000)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    await expect(checkFile(file, 1001)).resolves.toBeUndefined();
  });
});

describe('standard input', () => {
  it('with a picture is kept in a folder made for it', async () => {
    const { inputs, folders } = await fromStandardInput(readFileSync(CAT), { chunk: 1000 });
    const file = path.join(folder, 'standard-input');
    expect([inputs, folders]).toEqual([[{ name: '-', file }], 1]);
    expect(readFileSync(file)).toEqual(readFileSync(CAT));
  });

  it('with a picture of too many bytes is not read to its end', async () => {
    const { inputs } = await fromStandardInput(readFileSync(CAT), { chunk: 1000, maxBytes: 5000 });
    const file = path.join(folder, 'standard-input');
    expect(inputs).toEqual([{ name: '-', file }]);
    expect(statSync(file).size).toBeGreaterThan(5000);
    expect(statSync(file).size).toBeLessThanOrEqual(6000);
  });

  it('with names needs no folder, and keeps letters that lie across two chunks', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `Größe ${at} 画像 🐈.jpg`);
    for (const chunk of [1, 7, 64]) {
      const found = await fromStandardInput(`${names.join('\n')}\n`, { chunk });
      expect([found.names, found.folders]).toEqual([names, 0]);
    }
  });

  it('with names may have other line ends, zero bytes or a byte order mark', async () => {
    expect((await fromStandardInput('\uFEFFa.jpg\r\n\r\nb c.jpg')).names).toEqual(['a.jpg', 'b c.jpg']);
    expect((await fromStandardInput('<a>.jpg\0b\nc.jpg\0')).names).toEqual(['<a>.jpg', 'b\nc.jpg']);
  });

  it.each([
    ['not a byte', ''],
    ['empty lines', '\n\r\n\n'],
    ['zero bytes alone', '\0\0'],
  ])('with %s is one input that fails', async (_, content) => {
    expect((await fromStandardInput(content)).names).toEqual([['-', 'IMAGE_MISSING']]);
  });

  it.each([
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg">\n<rect/>\n</svg>\n'],
    ['a page', '\n  <!doctype html>\n<title>x</title>\n'],
    ['a document', `%PDF-1.7\n${'x\n'.repeat(100)}stream\n\u0001\u0002\n`],
    ['a bitmap', Buffer.from('424d3600030000000000360000002800000000010000', 'hex')],
  ])('with %s is one input that fails', async (_, content) => {
    expect((await fromStandardInput(content)).names).toEqual([['-', 'IMAGE_TYPE_UNSUPPORTED']]);
  });

  it('that cannot be read is one input that fails', async () => {
    // eslint-disable-next-line require-yield -- it fails before there is anything to give
    async function* broken(): AsyncGenerator<Buffer> {
      await Promise.resolve();
      throw new Error('EISDIR: illegal operation on a directory, read');
    }
    const [input, ...others] = await findInputs(['-', 'a.jpg'], broken(), NO_STORE);
    expect(input).toMatchObject({ name: '-', problem: expect.any(AppError) as unknown });
    expect(others.map(({ name }) => name)).toEqual(['a.jpg']);
  });
});
