/** Spellings that a guard against server-side request forgery must refuse, by the trick they use. */
const hosts = (text: string) => text.trim().split(/\s+/);

const LOOPBACK = hosts(`
  127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 0177.0.0.1 017700000001 00000177.0.0.1 127.0.0.1.
  127.255.255.254 127。0。0。1 ①②⑦.⓪.⓪.① 0 0.0.0.0 0.1.2.3 localhost LOCALHOST localhost. foo.localhost
  localhost%E3%80%82 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ`);
const IPV6 = hosts(`
  [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::ffff:0:127.0.0.1] [64:ff9b::7f00:1]
  [64:ff9b:1:7f00:0:100::] [2002:7f00:1::] [2001:0:0:0:0:0:80ff:fffe] [2001:4860::5efe:7f00:1]
  [2001:4860::200:5efe:a00:1] [fe80::1] [fe80::1%25eth0] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [2001:db8::1]
  [100::1] [::7f00:1] [4000::1] [5f00::1]`);
const PRIVATE = hosts(`
  10.0.0.1 10.1 0x0a000001 167772161 172.16.0.1 172.31.255.255 192.168.0.1 192.168.257 3232235521 100.64.0.1
  100.127.255.255 198.18.0.1 192.0.2.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 192.88.99.1`);
const METADATA = hosts(`
  169.254.169.254 2852039166 0xA9FEA9FE 0251.0376.0251.0376 [::ffff:a9fe:a9fe] ①⑥⑨。②⑤④。①⑥⑨。②⑤④ 169.254.170.2
  100.100.100.200 192.0.0.192 168.63.129.16`);
const LOCAL_NAMES = hosts(`
  metadata.google.internal instance-data kubernetes.default.svc redis printer.local db.corp router.lan x.onion`);
const PORTS = hosts('example.com:22 example.com:25 example.com:6379 example.com:0 example.com:99999 example.com:8080');

const WHOLE = [
  'http://a@127.0.0.1/',
  'http://example.com@127.0.0.1/',
  'http://example.com:80@169.254.169.254/',
  'http://127.0.0.1#@example.com/',
  'http://127.0.0.1?@example.com/',
  'http://example.com\\@127.0.0.1/',
  'http:\\\\127.0.0.1/',
  'http:/127.0.0.1/',
  'http:127.0.0.1/',
  '//127.0.0.1/',
  'http:///127.0.0.1/',
  'http://127.0.0.1%00.example.com/',
  'http://127.0.0.1%09.example.com/',
  'http://exa\tmple.com/',
  'http://example.com\r\nHost: 127.0.0.1/',
  'http://1.1.1.1 &@2.2.2.2# @3.3.3.3/',
  'http://256.256.256.256/',
  'http://4294967297/',
  'http://0x100000001/',
  'http://1.2.3.4.5/',
  'http://[::1/',
  'http://[127.0.0.1]/',
  ' http://example.com/',
  'http://user:password@example.com/',
  `http://example.com/${'a'.repeat(3000)}`,
  '',
  'example.com/a.jpg',
  ...hosts('file gopher dict ftp sftp ldap tftp jar netdoc php phar unix ws').map(
    (scheme) => `${scheme}://example.com/a`,
  ),
  'data:image/png;base64,AAAA',
  'blob:http://example.com/1',
  'javascript:alert(1)',
  'view-source:http://example.com/',
];

/** Every one of them must be answered with the same error, and no connection may be opened. */
export const HOSTILE_URLS: readonly string[] = [
  ...[...LOOPBACK, ...IPV6, ...PRIVATE, ...METADATA, ...LOCAL_NAMES, ...PORTS].map((host) => `http://${host}/a.jpg`),
  ...WHOLE,
];

/** What a hostile DNS server may answer for a harmless name. One private address among public ones spoils all. */
export const HOSTILE_ANSWERS: Readonly<Record<string, readonly string[]>> = {
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'localtest.me': ['127.0.0.1', '::1'],
  'public-and-private.example.com': ['93.184.215.14', '10.0.0.1'],
  'only-v6-loopback.example.com': ['::1'],
  'mapped.example.com': ['::ffff:10.0.0.1'],
  'metadata.example.com': ['169.254.169.254'],
  'isatap.example.com': ['2001:4860::5efe:7f00:1'],
  'nat64.example.com': ['64:ff9b::7f00:1'],
};
