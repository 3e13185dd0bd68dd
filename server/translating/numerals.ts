/** The numbers that captions spell out, and how languages write them. */

export const words = (list: string) => list.split(' ');

/** From two on: "one" is often an article. In the order of their values. */
export const ENGLISH = words('two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'); // prettier-ignore
export const FIRST = 2;
export const TENS = words('twenty thirty forty fifty sixty seventy eighty ninety');

/**
 * Beginnings of words that may stand for 2, 3 … 20: numerals in all their forms, and words such as "pair" and "dozen". By language;
 * the scripts of CJK have no words, so there they may stand anywhere.
 */
const NUMERALS: Readonly<Record<string, string>> = {
  de: 'zwei|zwo|beide|paar|doppel|duo|zwilling,drei|dritt|trio,vier,fünf,sechs,sieb,acht,neun,zehn,elf,zwölf|dutzend,dreizehn,vierzehn,fünfzehn,sechzehn,siebzehn,achtzehn,neunzehn,zwanzig',
  fr: 'deux|pair|couple|doubl|duo|jumeau|jumelle,trois|tri,quatr|quatuor,cinq,six,sept,huit,neuf,dix,onze,douz,treiz,quatorz,quinz,seiz,dix-sept,dix-huit,dix-neuf,vingt',
  es: 'dos|par|parej|amb|dobl|dúo|gemel|melliz,tres|trí|tri,cuatr|cuádr,cinco,seis,siete,ocho,nueve,diez,once,doce,trece,catorce,quince,diecis[eé]is,diecisiete,dieciocho,diecinueve,veint',
  it: 'due|copp|paio|entramb|dopp|duo|bi|gemell,tre|tri,quattr,cinque,sei,sette,otto,nove,dieci,undici,dodic|dozzin,tredici,quattordici,quindici,sedici,diciassette,diciotto,diciannove,venti',
  pt: 'dois|duas|par|casal|amb|dupl|duo|gême,três|tri,quatro,cinco,seis|meia,sete,oito,nove,dez,onze,doze|dúzia,treze,[cq]u?atorze,quinze,dez[ea]sseis,dez[ea]ssete,dezoito,dez[ea]nove,vint',
  nl: 'twee|beide|paar|koppel|dubbel|duo,drie|trio,vier,vijf,zes,zeven,acht,negen,tien,elf,twaalf|dozijn,dertien,veertien,vijftien,zestien,zeventien,achttien,negentien,twintig',
  pl: 'dw|ob|par|bliźni,trz|troj|tró|tri,czter|czwor,pię,sześ|szó|szesn,siedem|siedm,osi|ośm,dziewię,dziesię,jedena,dwana|dwuna|tuzin,trzyna,czterna,piętna,szesna,siedemna,osiemna,dziewiętna,dwadzie|dwudzie',
  ja: '二|両|双|ふた|ペア|カップル|ツイン,三|みっ|トリプル,四|よっ,五|いつ,六|むっ,七|なな,八|やっ,九|ここの,十|とお,十一,十二|ダース,十三,十四,十五,十六,十七,十八,十九,二十',
  zh: '二|两|兩|双|雙|对|對|俩|倆,三,四,五,六,七,八,九,十,十一,十二|打,十三,十四,十五,十六,十七,十八,十九,二十',
};

/** Arabic says "two" with the end of the noun; a noun that another one follows loses its last letter. Teens begin with their ones. */
const ARABIC =
  '(?:اثن|ثنائ|زوج|كل[اي]|توأم|مزدوج|(?!ال[تذ]ي)\\p{L}\\p{L}+(?:ان|ين|تا|تي|ا|ي)(?!\\p{L})),ثلاث,[أا]ربع|رباع,خمس|خماس,ست|سداس,سبع|سباع,ثمان,تسع,عشر,(?:أحد|إحدى|احد),اثن,ثلاث,[أا]ربع,خمس,ست,سبع,ثمان,تسع,عشرو|عشري';

const compiled = new Map<string, readonly RegExp[] | null>();

/** Expressions for 2, 3 … 20 in a language, in this order; null where there is no list. */
export function numeralsOf(language: string): readonly RegExp[] | null {
  const known = compiled.get(language);
  if (known !== undefined) return known;
  const list = language === 'ar' ? ARABIC : NUMERALS[language];
  const hasWords = language !== 'ja' && language !== 'zh';
  // Arabic writes articles and prepositions together with the word.
  const before = language === 'ar' ? String.raw`(?<!\p{L})(?:و|ب|ل|ال)*` : hasWords ? String.raw`(?<!\p{L})` : '';
  const made = list?.split(',').map((beginnings) => new RegExp(`${before}(?:${beginnings})`, 'iu')) ?? null;
  compiled.set(language, made);
  return made;
}

/** Words for 20, 30 … 90, wherever they stand in a word. French counts 70 and 90 from 60 and 80. */
const TENS_OF: Readonly<Record<string, string>> = {
  de: 'zwanzig,drei(?:ß|ss)ig,vierzig,fünfzig,sechzig,siebzig,achtzig,neunzig',
  fr: 'vingt,trente,quarante,cinquante,soixante,soixante|septante,quatre-vingt|huitante|octante,quatre-vingt|nonante',
  es: 'veint,treinta,cuarenta,cincuenta,sesenta,setenta,ochenta,noventa',
  it: 'vent,trent,quarant,cinquant,sessant,settant,ottant,novant',
  pt: 'vinte,trinta,quarenta,cinquenta,sessenta,setenta,oitenta,noventa',
  nl: 'twintig,dertig,veertig,vijftig,zestig,zeventig,tachtig,negentig',
  pl: 'dwadzie|dwudzie,trzydzie,czterdzie|czterdzies,pięćdzie,sześćdzie,siedemdzie,osiemdzie,dziewięćdzie',
};

/** Expressions for 20, 30 … 90 in a language, in this order; null where there is no list. */
export function tensOf(language: string): readonly RegExp[] | null {
  return TENS_OF[language]?.split(',').map((beginnings) => new RegExp(beginnings, 'iu')) ?? null;
}

/** The word for a number from 2 to 20 as it may stand inside a longer one, "fünf" in "fünfundsiebzig"; null where there is no list. */
export function numeralInside(value: number, language: string): RegExp | null {
  const beginnings = NUMERALS[language]?.split(',')[value - FIRST];
  return beginnings === undefined ? null : new RegExp(beginnings, 'iu');
}
