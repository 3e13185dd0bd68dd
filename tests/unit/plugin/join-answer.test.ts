import { joinAnswer as inConsole } from '../../../server/console/parts/answers';
import { joinAnswer } from '../../../plugin/src/shared/join-answer';

test.each([
  ['A cat on a mat', 'two', 'en', 'A cat on a mat, two'],
  ['A cat on a mat. ', ' a red one. ', 'en', 'A cat on a mat, a red one.'],
  ['', 'two dogs', 'en', 'two dogs'],
  ['A cat', '', 'en', 'A cat'],
  ['قطة على سجادة', 'كلبان', 'ar', 'قطة على سجادة، كلبان'],
  ['猫がいます。', '赤い', 'ja', '猫がいます、赤い。'],
  ['一只猫', '红色', 'zh-Hans', '一只猫，红色'],
])('“%s” and “%s” (%s) become “%s”, in WordPress as in the console', (text, answer, language, joined) => {
  expect([joinAnswer(text, answer, language), inConsole(text, answer, language)]).toEqual([joined, joined]);
});
