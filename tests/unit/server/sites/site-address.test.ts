import { siteAddress } from '../../../../server/sites/site-address';

test.each([
  ['https://www.example.com/', 'example.com'],
  ['http://example.com:8080', 'example.com'],
  ['EXAMPLE.com/blog/', 'example.com/blog'],
  ['example.com//blog//en/', 'example.com/blog/en'],
  ['https://example.com/blog?lang=de#top', 'example.com/blog'],
  ['example.com.', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['[::1]:8888/wp', '[::1]/wp'],
  ['127.0.0.1:8787', '127.0.0.1'],
  ['www.example', 'example'],
  // A sub-domain is another site, and so is another folder.
  ['de.example.com', 'de.example.com'],
  ['example.com/Blog', 'example.com/Blog'],
])('%s is the address %s', (given, address) => {
  expect(siteAddress(given)).toBe(address);
});

test.each(['', '   ', 'https://', '/blog', 'exa mple.com', `example.com/${'a'.repeat(500)}`])('%j is none', (given) => {
  expect(siteAddress(given)).toBeNull();
});

test('an address in its form stays as it is', () => {
  for (const given of ['https://www.example.com/', 'bücher.example/ä', '[::1]:1/wp']) {
    const address = siteAddress(given) ?? '';
    expect(siteAddress(address)).toBe(address);
  }
});
