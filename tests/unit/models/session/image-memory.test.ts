import type { Picture } from '../../../../models/captioner';
import { ImageMemory } from '../../../../models/session/image-memory';
import type { ImageState } from '../../../../models/session/image-state';
import type { Tensor } from '../../../../models/session/tensor';

const picture = (grey: number): Picture => ({ data: new Uint8Array(12).fill(grey), width: 2, height: 2 });

/** A memory that notes which pictures were encoded, and which are forgotten. */
function memoryOf(pictures: number, bytes = 10 * pictures) {
  const room = { bytes, pictures };
  const seen: number[] = [];
  const forgotten: number[] = [];
  const memory = new ImageMemory((given) => {
    const grey = given.data[0]!;
    seen.push(grey);
    const value = { dispose: () => forgotten.push(grey), bytes: 10 } as unknown as Tensor;
    return Promise.resolve({ values: { value }, classLogits: null });
  }, room);
  const look = (grey: number) => memory.with(picture(grey), (state) => Promise.resolve(state));
  return { memory, seen, forgotten, look };
}

describe('the memory of pictures', () => {
  it('encodes the same picture once', async () => {
    const { look, seen } = memoryOf(2);
    const first = await look(1);
    const again = await look(1);
    expect(again).toBe(first);
    expect(seen).toEqual([1]);
  });

  it('tells pictures of the same bytes and another shape apart', async () => {
    const { memory, seen } = memoryOf(2);
    const work = (state: ImageState) => Promise.resolve(state);
    await memory.with(picture(1), work);
    await memory.with({ ...picture(1), width: 4, height: 1 }, work);
    expect(seen).toEqual([1, 1]);
  });

  it('asks for the pixels of a stored picture once, and knows it again by its key', async () => {
    const { memory, seen } = memoryOf(2);
    let asked = 0;
    const stored = (key: string, grey: number) => ({
      key,
      pixels: () => {
        asked++;
        return Promise.resolve(picture(grey));
      },
    });
    const work = (state: ImageState) => Promise.resolve(state);
    const first = await memory.with(stored('a', 1), work);
    const again = await memory.with(stored('a', 9), work);
    await memory.with(stored('b', 1), work);
    expect(again).toBe(first);
    expect(seen).toEqual([1, 1]);
    expect(asked).toBe(2);
  });

  it('forgets the one that was not asked about for longest, and gives its memory back', async () => {
    const { look, seen, forgotten } = memoryOf(2);
    await look(1);
    await look(2);
    await look(1);
    await look(3);
    expect(forgotten).toEqual([2]);
    await look(1);
    await look(2);
    expect(seen).toEqual([1, 2, 3, 2]);
    expect(forgotten).toEqual([2, 3]);
  });

  it('holds fewer pictures when they are large, and the last one however large it is', async () => {
    const { look, forgotten } = memoryOf(9, 25);
    for (const grey of [1, 2, 3]) await look(grey);
    expect(forgotten).toEqual([1]);
    const { look: again, forgotten: none } = memoryOf(9, 5);
    await again(1);
    await again(1);
    expect(none).toEqual([]);
  });

  it('keeps the keys of the last picture only', async () => {
    const { memory } = memoryOf(9);
    const freed: number[] = [];
    let freedBefore: number[] = [];
    const keysOf = (grey: number): ImageState => {
      const value = { dispose: () => freed.push(grey), bytes: 0 } as unknown as Tensor;
      return { values: { value }, classLogits: null };
    };
    const ask = (grey: number) =>
      memory.with(picture(grey), (state) => {
        freedBefore = [...freed];
        state.keys ??= keysOf(grey);
        return Promise.resolve(state);
      });
    const first = await ask(1);
    await ask(1);
    expect(freed).toEqual([]);
    await ask(2);
    expect(freed).toEqual([1]);
    expect(first.keys).toBeUndefined();
    // Those of two pictures are never there at a time.
    expect(freedBefore).toEqual([1]);
    await memory.with(picture(1), async (state) => {
      state.keys ??= keysOf(1);
      await ask(3);
      expect(freed).toEqual([1, 2]);
    });
    expect(freed).toEqual([1, 2, 1]);
  });

  it('never takes the memory of a picture that is being looked at', async () => {
    const { memory, look, forgotten, seen } = memoryOf(1);
    await memory.with(picture(1), () =>
      memory.with(picture(2), async () => {
        await look(3);
        expect(forgotten).toEqual([3]);
      }),
    );
    expect(forgotten).toEqual([3, 2]);
    await look(1);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('lets go of a picture whose work failed, and can use it again', async () => {
    const { memory, look, seen } = memoryOf(1);
    await expect(memory.with(picture(1), () => Promise.reject(new Error('aborted')))).rejects.toThrow('aborted');
    await look(1);
    await look(2);
    expect(seen).toEqual([1, 2]);
  });

  it('stops between two pictures when it is told to', async () => {
    const { memory, seen } = memoryOf(2);
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    const work = () => Promise.resolve(0);
    await expect(memory.with(picture(1), work, abort.signal)).rejects.toThrow('enough');
    expect(seen).toEqual([]);
  });
});
