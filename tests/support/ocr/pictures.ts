import sharp from 'sharp';
import { seededRandom } from '../seeded-random';

/** A generated picture with the words that are in it. */
export interface WrittenPicture {
  readonly kind: WrittenKind;
  readonly language: 'en' | 'de';
  readonly text: string;
  /** PNG or JPEG */
  readonly bytes: Buffer;
}

export type WrittenKind =
  | 'clean print'
  | 'small print'
  | 'tilted'
  | 'low contrast'
  | 'light on dark'
  | 'noise'
  | 'sign'
  | 'page'
  | 'upside down';

/** How many pictures of each kind there are, 60 together. */
const KINDS: readonly (readonly [WrittenKind, number])[] = [
  ['clean print', 16],
  ['small print', 6],
  ['tilted', 8],
  ['low contrast', 6],
  ['light on dark', 6],
  ['noise', 6],
  ['sign', 6],
  ['page', 3],
  ['upside down', 3],
];

/** Sentences of the kind that stands on signs, slides and screens; written for this test. */
const SENTENCES = {
  en: [
    'The library opens at nine on weekdays',
    'Please keep the door closed during lessons',
    'New prices apply from the first of March',
    'Follow the blue line to the ticket office',
    'Every member may bring one guest to the evening',
    'Choose a colour and press the green button',
    'Our café serves soup and fresh bread',
    'Meeting room 4 is reserved until half past two',
  ],
  de: [
    'Die Bücherei öffnet werktags um neun Uhr',
    'Bitte die Tür während der Prüfung schließen',
    'Neue Preise gelten ab dem ersten März',
    'Große Brötchen gibt es nur am Samstag früh',
    'Über die Brücke führt der Weg zum Schloss',
    'Fußgänger bitte den Übergang benützen',
    'Ermäßigte Karten für Schüler und Gäste',
    'Zurück zur Übersicht der häufigen Fragen',
  ],
} as const;

/** Families that Debian's packages of a browser bring; others stand in where one is missing. */
const FONTS = ['DejaVu Sans', 'DejaVu Serif', 'Liberation Sans', 'Liberation Serif', 'DejaVu Sans Mono'];
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

interface Look {
  readonly size: number;
  readonly font: string;
  readonly ink: string;
  readonly paper: string;
  readonly angle: number;
}

function drawing(lines: readonly string[], { size, font, ink, paper, angle }: Look): Buffer {
  const longest = Math.max(...lines.map((line) => line.length));
  const width = Math.round(longest * size * (font.includes('Mono') ? 0.66 : 0.64) + 4 * size);
  const height = Math.round(lines.length * size * 1.5 + 3 * size + Math.abs(Math.sin((angle * Math.PI) / 180)) * width);
  const top = (height - lines.length * size * 1.5) / 2 + size;
  const rows = lines.map((line, at) => `<text x="${2 * size}" y="${top + at * size * 1.5}">${escape(line)}</text>`);
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="${paper}"/>
<g font-family="${font}" font-size="${size}" fill="${ink}" transform="rotate(${angle} ${width / 2} ${height / 2})">${rows.join('')}</g></svg>`,
  );
}

async function withNoise(picture: Buffer, random: () => number): Promise<Buffer> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  // The sum of three even numbers is close to a normal one.
  const noisy = data.map((value) => Math.max(0, Math.min(255, value + (random() + random() + random() - 1.5) * 50)));
  return sharp(Buffer.from(noisy), { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality: 60 })
    .toBuffer();
}

/** Sixty pictures, the same in every run with the same fonts. */
export async function writtenPictures(seed = 28): Promise<WrittenPicture[]> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[], one: T): T => list[Math.floor(random() * list.length)] ?? one;
  const pictures: WrittenPicture[] = [];
  for (const [kind, count] of KINDS) {
    for (let at = 0; at < count; at += 1) {
      const language = at % 2 === 0 ? 'en' : 'de';
      const rows = { 'clean print': 3, sign: 1, page: 40 }[kind as string] ?? 2;
      const lines = Array.from({ length: rows }, () => pick<string>(SENTENCES[language], SENTENCES[language][0]));
      const isDark = kind === 'light on dark';
      const look: Look = {
        size: { 'small print': 11, sign: 64, page: 18 }[kind as string] ?? 20 + Math.floor(random() * 20),
        font: pick(FONTS, 'DejaVu Sans'),
        ink: isDark ? '#ffffff' : kind === 'low contrast' ? '#8a8a8a' : kind === 'sign' ? '#ffffff' : '#151515',
        paper: isDark ? '#12324a' : kind === 'low contrast' ? '#e2e2e2' : kind === 'sign' ? '#0a5c36' : '#ffffff',
        angle: kind === 'tilted' ? pick([-8, -5, -3, 3, 5, 8], 5) : 0,
      };
      const drawn = await sharp(drawing(lines, look)).png().toBuffer();
      const turned = kind === 'upside down' ? await sharp(drawn).rotate(180).png().toBuffer() : drawn;
      const bytes = kind === 'noise' ? await withNoise(turned, random) : turned;
      pictures.push({ kind, language, text: lines.join('\n'), bytes });
    }
  }
  return pictures;
}

const plain = (text: string) => text.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(/[’‘]/g, "'").trim();

/** Levenshtein distance between what is there and what was read, and the length of what is there; accents count, white space does not. */
export function characterErrors(there: string, read: string): { errors: number; characters: number } {
  const [a, b] = [Array.from(plain(there)), Array.from(plain(read))];
  let row = b.map((_, at) => at + 1);
  a.forEach((letter, i) => {
    let [corner, left] = [i, i + 1];
    row = row.map((above, j) => {
      const next = Math.min(above + 1, left + 1, corner + (letter === b[j] ? 0 : 1));
      corner = above;
      left = next;
      return next;
    });
  });
  return { errors: row.at(-1) ?? a.length, characters: a.length };
}
