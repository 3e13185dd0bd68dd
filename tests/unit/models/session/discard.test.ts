import { discardCopies } from '../../../../models/session/discard';

const tensor = (...numbers: number[]) => ({ data: Float32Array.from(numbers) });

describe('outputs that were also written into memory of ours', () => {
  it('are given back at once', () => {
    const copy = tensor(1, 2);
    discardCopies({ cross_k0: copy }, { cross_k0: tensor(1, 2) });
    expect(copy.data).toHaveLength(0);
  });

  it('stay when the library hands out our own tensor, or another view of its memory', () => {
    const ours = tensor(1, 2);
    const view = { data: new Float32Array(ours.data.buffer) };
    discardCopies({ cross_k0: ours, cross_v0: view }, { cross_k0: ours, class_logits: null });
    expect([...ours.data]).toEqual([1, 2]);
  });
});
