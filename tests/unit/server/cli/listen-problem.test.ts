import { listenSentence } from '../../../../server/cli/listen-problem';

const errorOf = (more: object) => Object.assign(new Error('listen'), more);

test.each([
  [{ code: 'EACCES', syscall: 'listen', port: 80, address: '127.0.0.1' }, /^Port 80 on 127\.0\.0\.1 may not be used/],
  [{ code: 'EADDRNOTAVAIL', syscall: 'listen', port: 8787, address: '10.9.9.9' }, /ALTSMITH_HOST/],
  [{ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'nowhere' }, /^The port on nowhere is on an address/],
  [{ code: 'EAFNOSUPPORT', syscall: 'listen', port: 1 }, /^Port 1 cannot be used \(EAFNOSUPPORT\)\.$/],
])('what keeps it from listening is told in a sentence: %o', (error, sentence) => {
  expect(listenSentence(errorOf(error))).toMatch(sentence);
});

test.each([errorOf({ code: 'EACCES', syscall: 'open' }), errorOf({}), 'listen', null])(
  '%o is no such error',
  (error) => {
    expect(listenSentence(error)).toBeNull();
  },
);
