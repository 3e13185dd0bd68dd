import { compare, describeAgreement } from '../../../../../server/cli/models/agreement';

const said = (...tokens: number[]) => ({ text: tokens.join(' '), tokens });

describe('how far two models agree', () => {
  it('is wholly where they say the same', () => {
    const both = [said(1, 2, 3), said(4)];
    expect(compare(both, both)).toEqual({ pictures: 2, same: 2, tokens: 1 });
  });

  it('counts the tokens at the same place, over all pictures', () => {
    expect(compare([said(1, 2, 3, 4), said(5, 6)], [said(1, 9, 3, 4), said(6, 5)])).toEqual({
      pictures: 2,
      same: 0,
      tokens: 3 / 6,
    });
  });

  it('counts what one says more than the other as different', () => {
    expect(compare([said(1, 2)], [said(1, 2, 3, 4)])).toEqual({ pictures: 1, same: 0, tokens: 0.5 });
    expect(compare([said(1, 2, 3, 4)], [said(1, 2)])).toEqual({ pictures: 1, same: 0, tokens: 0.5 });
  });

  it('is none where the other says nothing, and whole where neither does', () => {
    expect(compare([said(1)], [])).toMatchObject({ same: 0, tokens: 0 });
    expect(compare([said()], [said()])).toEqual({ pictures: 1, same: 1, tokens: 1 });
    expect(compare([], [])).toEqual({ pictures: 0, same: 0, tokens: 0 });
  });
});

it.each([
  [1, 'as good as the same'],
  [0.9, 'as good as the same'],
  [0.89, 'either is usually a fair description'],
  [0.6, 'either is usually a fair description'],
  [0.59, 'use the exact model: --precision fp32'],
])('%d of the tokens is told as: %s', (tokens, verdict) => {
  const text = describeAgreement('int8', { pictures: 12, same: 7, tokens });
  expect(text).toContain(verdict);
  expect(text).toContain(`7 captions the same, ${(tokens * 100).toFixed(0)} % of the words`);
  expect(text).toMatch(/^int8 against fp32 on 12 generated pictures/);
});
