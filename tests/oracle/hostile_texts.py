"""Texts that break tokenizers, and random ones out of all of Unicode's corners."""

import random

HOSTILE = [
    "a cat sitting on a wooden table",
    "A man in a blue shirt is looking at a camera",
    "  two   spaces  and   trailing  ",
    "\ttabs\tand\nnewlines\r\nhere",
    "",
    " ",
    "\u3000ideographic\u3000space\u3000",
    "non\u00a0breaking\u202fspaces\u2009thin",
    "zero\u200bwidth\u200djoiner\u200c\ufeffbom",
    "soft\u00adhyphen and \u2011 non-breaking hyphen",
    "ﬁne ﬂow oﬃce ﬃ ligatures Ǆ ĳ",
    "½ cup, ¼ litre, 2² m³, №5, ™ ® ©",
    "ＦＵＬＬｗｉｄｔｈ　ｔｅｘｔ～！？",
    "ｶﾞｷﾞｸﾞ halfwidth katakana ﾊﾟ",
    "e\u0301 combining vs é; A\u030a Å Å",
    "\u1112\u1161\u11ab\u1100\u1173\u11af 한글 decomposed",
    "a dog 🐕 and 👨‍👩‍👧‍👦 family, flag 🇩🇪 and ☺\ufe0f",
    "literal ▁ underline ▁▁ in ▁text",
    "</s> injected <unk> <pad> <s> tokens",
    ">>de<< language code",
    "x>>de<< not at start",
    "🤷🏽\u200d♂️ skin tone",
    "日本語の写真です。",
    "中文：一只猫坐在桌子上，看着镜头",
    "العربية من اليمين إلى اليسار ١٢٣",
    "\u202eRTL override\u202c and \u200fmark\u200e",
    "ﷺ ﷽ ﺎﻟﻌﺮﺑﻳﺔ presentation forms",
    "İstanbul ıspanak ŞÇĞ ß ẞ ſ",
    "ΑΒΓ ὀδύσσεια ΐ\u0390 ϒ",
    "control\x01\x02\x1f\x7fchars \x80\x85\x9f c1",
    "\ufffd replacement \ufffe \uffff nonchars",
    "\U0010ffff \U000e0041 tag chars \U0001d49c𝒜 math 𝟙",
    "a" * 300,
    "supercalifragilisticexpialidocious antidisestablishmentarianism " * 3,
    "don't can't it's “quoted” ‘single’ — dash – … ...",
    "1,234.56 km/h at 12:30 on 2026-11-29 (50%)",
    "http://example.org/path?x=1&y=2#frag user@mail.test",
    "ก็ไทย ภาษาไทยไม่มีช่องว่าง ำ",
    "हिन्दी क़ ख़ ड़ देवनागरी",
    "x\u0301\u0302\u0303\u0304\u0305\u0306 zalgo ͏ t̴̰̍e̷x̸t",
    "㌔ ㎏ ㈱ ① Ⅷ ﹏ ︵︶ squared",
    "～ fullwidth tilde ~ 〜 wave dash",
    "  ▁ leading",
    "trailing\u3000\u200b",
]

CORNERS = [
    (0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x500), (0x600, 0x700), (0x900, 0x980), (0x1100, 0x1200), (0x2000, 0x2070),
    (0x2100, 0x2200), (0x3000, 0x3100), (0x3200, 0x3400), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFB50), (0xFB50, 0xFE00),
    (0xFE20, 0xFFFF), (0x1D400, 0x1D800), (0x1F300, 0x1F700), (1, 0x20),
]


def random_texts(count, seed=7):
    """Half of the characters are ASCII, the others come from anywhere; spaces are doubled now and then."""
    r, texts = random.Random(seed), []
    for _ in range(count):
        text = ""
        for _ in range(r.randint(1, 24)):
            begin, end = r.choice(CORNERS) if r.random() < 0.5 else CORNERS[0]
            text += chr(r.randrange(begin, end))
            if r.random() < 0.15:
                text += " " * r.randint(1, 2)
        texts.append(text)
    return texts
