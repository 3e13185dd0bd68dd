import { gzipSync } from 'node:zlib';
import { assemble, chunk } from './png';
import type { Specimen } from './specimen';

const latin = (text: string) => Buffer.from(text, 'latin1');
const refused = (name: string, bytes: Buffer): Specimen => ({ name, ending: 'refused', bytes });

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">';
const ENTITIES = Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY e${String(at + 1)} "${`&e${String(at)};`.repeat(10)}">`,
).join('');

/** XML that a careless renderer would load files for, fetch addresses for, or choke on. */
export function svgs(): Specimen[] {
  const files: Readonly<Record<string, string>> = {
    plain: `${SVG}<rect width="80" height="80"/></svg>`,
    'with-declaration': `<?xml version="1.0"?>${SVG}<rect width="80" height="80"/></svg>`,
    'billion-laughs': `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "ha">${ENTITIES}]>${SVG}<text>&e9;</text></svg>`,
    'external-entity': `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${SVG}<text>&x;</text></svg>`,
    'file-image': `${SVG}<image href="file:///etc/passwd"/></svg>`,
    'http-image': `${SVG}<image href="http://127.0.0.1:1/"/></svg>`,
    nested: SVG + '<g>'.repeat(50_000) + '</g>'.repeat(50_000) + '</svg>',
    filter: `${SVG}<filter id="f"><feGaussianBlur stdDeviation="99999"/></filter><rect filter="url(#f)"/></svg>`,
    script: `${SVG}<script>alert(1)</script></svg>`,
    'byte-order-mark': `\u00ef\u00bb\u00bf${SVG}</svg>`,
  };
  return [
    ...Object.entries(files).map(([name, text]) => refused(`${name}.svg`, latin(text))),
    refused('packed.svgz', gzipSync(latin(`${SVG}</svg>`))),
  ];
}

const box = (brand: string) =>
  Buffer.concat([latin('\0\0\0\x18ftyp'), latin(brand), latin('\0\0\0\0'), latin(`mif1${brand}`)]);

/** First bytes of what is no picture, or a picture of a kind that is refused. */
const MAGIC: Readonly<Record<string, Buffer>> = {
  'empty.jpg': Buffer.alloc(0),
  'zeros.bin': Buffer.alloc(2048),
  'photo.heic': box('heic'),
  'photo.heix': box('heix'),
  'film.mp4': box('isom'),
  'picture.bmp': latin('BM\x36\x00\x00\x00'),
  'icon.ico': latin('\0\0\x01\0\x01\0\x10\x10'),
  'cursor.cur': latin('\0\0\x02\0\x01\0'),
  'layers.psd': latin('8BPS\0\x01'),
  'picture.jp2': latin('\0\0\0\x0cjP  \r\n\x87\n'),
  'picture.j2k': latin('\xff\x4f\xff\x51'),
  'picture.jxl': latin('\xff\x0a'),
  'boxed.jxl': latin('\0\0\0\x0cJXL \r\n\x87\n'),
  'picture.ppm': latin('P6\n4 4\n255\n'),
  'picture.pgm': latin('P5\n4 4\n255\n'),
  'picture.pfm': latin('PF\n4 4\n-1.0\n'),
  'picture.hdr': latin('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4 +X 4\n'),
  'picture.exr': latin('\x76\x2f\x31\x01'),
  'picture.fits': latin('SIMPLE  =                    T'),
  'picture.v': latin('\xb6\xa6\xf2\x08'),
  'data.mat': latin('MATLAB 5.0 MAT-file'),
  'document.pdf': latin('%PDF-1.7\n'),
  'drawing.eps': latin('%!PS-Adobe-3.0 EPSF-3.0\n'),
  'vector.mvg': latin("push graphic-context\nfill 'url(https://127.0.0.1/)'\n"),
  'script.msl': latin('<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>'),
  'page.html': latin('<!DOCTYPE html><script>alert(1)</script>'),
  'shell.php': latin('<?php system($_GET["c"]); ?>'),
  'archive.zip': latin('PK\x03\x04'),
  'program.elf': latin('\x7fELF\x02\x01\x01'),
  'sound.wav': latin('RIFF\x24\0\0\0WAVEfmt '),
  'film.avi': latin('RIFF\x24\0\0\0AVI LIST'),
  'table.csv': latin('=cmd|"/c calc"!A1,1\n'),
  'broken-ftyp.avif': latin('\0\0\0\x08ftyp'),
  'signature-only.png': latin('\x89PNG\r\n\x1a\n'),
  'signature-only.gif': latin('GIF89a'),
  'big.tiff': latin('II+\0\x08\0\0\0'),
};

export function notImages(): Specimen[] {
  return Object.entries(MAGIC).map(([name, head]) =>
    refused(name, head.length === 0 ? head : Buffer.concat([head, Buffer.alloc(256, 0x20)])),
  );
}

/** Files that are two things at once. What is stored and served must be pixels only. */
export function polyglots(sound: readonly Specimen[]): Specimen[] {
  const find = (name: string) => sound.find((one) => one.name === name)?.bytes ?? Buffer.alloc(0);
  const jpeg = find('baseline.jpg');
  const html = latin('<script>alert("polyglot")</script><?php echo 1; ?>');
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, html.length + 2]), html]);
  return [
    {
      name: 'jpeg-and-zip.jpg',
      ending: 'any',
      bytes: Buffer.concat([jpeg, latin('PK\x03\x04'), html, latin('PK\x05\x06'), Buffer.alloc(18)]),
    },
    {
      name: 'jpeg-and-html.jpg',
      ending: 'any',
      bytes: Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]),
    },
    {
      name: 'png-and-php.png',
      ending: 'any',
      bytes: assemble([chunk('tEXt', Buffer.concat([latin('a\0'), html]))], 8),
    },
    { name: 'gif-and-script.gif', ending: 'refused', bytes: latin('GIF89a/*\0\0\0*/=1;alert(1)//') },
    { name: 'pdf-and-jpeg.pdf', ending: 'refused', bytes: Buffer.concat([latin('%PDF-1.4\n'), jpeg]) },
  ];
}
