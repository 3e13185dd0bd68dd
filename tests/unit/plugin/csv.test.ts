import { readCsv } from '../../../plugin/src/backfill/csv-api';

test('a file for the import is read as it is, and refused when it is not UTF-8', async () => {
  const text = 'attachment_id,file\n1,caf\u{FFFD}.jpg\n';
  expect(await readCsv(new Blob(['\u{FEFF}', text]))).toBe(text);
  const latin1 = new Blob([Buffer.from('1,café.jpg\n', 'latin1')]);
  await expect(readCsv(latin1)).rejects.toThrow('Save it as “CSV UTF-8”');
});
