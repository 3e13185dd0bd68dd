import { anonymousBytes } from '../../../../server/captioning/held-memory';

const STATUS = `Name:\tnode
VmRSS:\t 5300000 kB
RssAnon:\t 1400000 kB
RssFile:\t 3900000 kB
RssShmem:\t       0 kB
`;

it('counts what a process holds alone, without the files that it reads', () => {
  expect(anonymousBytes(STATUS)).toBe(1_400_000 * 1024);
});

it('is not known where the system does not say it', () => {
  expect(anonymousBytes('Name:\tnode\nVmRSS:\t 5300000 kB\n')).toBeNull();
  expect(anonymousBytes('')).toBeNull();
});
