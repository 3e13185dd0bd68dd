import { isEnglish, Language, languageOfLocale, namesLanguage } from '../../../../server/contract/language';

// The names of translate.wordpress.org (locales.php of GlotPress, field wp_locale).
const WORDPRESS = (
  'af ak am ar arg arq ary as ast az az_TR azb ba bal bcc bel bg_BG bho bn_BD bn_IN bo bre brx bs_BA ca ca_valencia ceb ckb co cor cs_CZ ' +
  'cy da_DK de_AT de_CH de_CH_informal de_DE de_DE_formal dsb dv dzo el en_AU en_CA en_GB en_NZ en_ZA eo es_AR es_CL es_CO es_CR es_DO ' +
  'es_EC es_ES es_GT es_HN es_MX es_PE es_PR es_UY es_VE et eu ewe fa_AF fa_IR fi fo fon fr_BE fr_CA fr_FR frp fuc fur fy ga gax gd ' +
  'gl_ES gu haz hat hau haw_US he_IL hi_IN hr hsb hu_HU hy ibo id_ID ido is_IS it_IT ja jv_ID ka_GE kaa kab kal kin kir kk km kmr kn ko_KR ' +
  'lb_LU li lij lin lmo lo lt_LT lug lv mai me_ME mfe mg_MG mk_MK ml_IN mlt mn mr mri ms_MY my_MM nb_NO ne_NP nl_BE nl_NL nl_NL_formal ' +
  'nn_NO nqo oci ory orm pa_IN pap_AW pap_CW pcd pcm pl_PL ps pt_AO pt_BR pt_PT pt_PT_ao90 rhg ro_RO roh ru_RU rue rup_MK sah sa_IN scn ' +
  'si_LK skr sk_SK sl_SI sna snd so_SO sq sq_XK sr_RS srd su_ID sv_SE sw syr szl ta_IN ta_LK tah te tg th tir tl tr_TR tt_RU tuk twd tzm ' +
  'ug_CN uk ur uz_UZ vec vi wol xho yor zgh zh_CN zh_HK zh_SG zh_TW zul art_xemoji art_xpirate ike'
).split(' ');

test.each([
  ['de_DE_formal', 'de'],
  ['de_CH_informal', 'de'],
  ['nl_NL_formal', 'nl'],
  ['pt_PT_ao90', 'pt-PT'],
  ['pt_BR', 'pt-BR'],
  ['zh_CN', 'zh-Hans'],
  ['zh_TW', 'zh-Hant'],
  ['bel', 'be'],
  ['kir', 'ky'],
  ['mlt', 'mt'],
  ['snd', 'sd'],
  ['oci', 'oc'],
  ['hat', 'ht'],
  ['zul', 'zu'],
  ['ary', 'ar'],
  ['en_GB', 'en'],
  ['nb_NO', 'nb'],
  ['nn_NO', 'nn'],
  ['sr_RS', 'sr'],
  ['art_xpirate', 'en'],
  ['es-MX', 'es'],
])('WordPress’s %s is %s', (locale, language) => {
  expect(languageOfLocale(locale)).toBe(language);
});

test.each([
  ['de_DE', 'de'],
  ['de_DE_formal', 'de'],
  ['zh_TW', 'zh-Hant'],
  ['ary', 'ar'],
  ['pt_AO', 'pt-PT'],
  ['de', 'de'],
  ['DE-ch', 'de-CH'],
  ['zh-CN', 'zh-CN'],
  ['cmn-hans', 'zh-Hans'],
  ['bel', 'be'],
  ['pt-PT-ao90', 'pt-PT'],
])('at every door %s is %s', (name, language) => {
  expect(Language.parse(name)).toBe(language);
});

test('every locale of WordPress becomes a language that a text can be in, in the one form of its tag', () => {
  const wrong = WORDPRESS.filter((locale) => {
    const language = languageOfLocale(locale);
    return (
      !namesLanguage(language) ||
      Language.parse(language) !== language ||
      Language.parse(locale) !== language ||
      Intl.getCanonicalLocales(language)[0] !== language
    );
  });
  expect(wrong).toEqual([]);
});

test('what names no language is told apart from what nobody has', () => {
  expect(['und', 'mul', 'zxx', 'mis', 'qaa', 'xx', 'qq-DE'].filter(namesLanguage)).toEqual([]);
  expect(['de', 'tlh', 'haw', 'zh-Hant', 'sr-Latn-ME'].filter((tag) => !namesLanguage(tag))).toEqual([]);
});

test('English is English wherever it is spoken', () => {
  expect(['en', 'en-GB', 'en-US-x-own'].every(isEnglish)).toBe(true);
  expect(['enm', 'de', 'eng-x'].some(isEnglish)).toBe(false);
});
