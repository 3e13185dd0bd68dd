/**
 * The part of the page where a person judges pairs blind: the program of the browser. `data.pairs` holds, by model, texts A and B of each picture;
 * which one is the person's is looked up only after the choice. Choices stay in the browser.
 */
export const JUDGING_SCRIPT = `
(() => {
  const data = JSON.parse(document.getElementById('judging-data').textContent);
  const byId = (id) => document.getElementById(id);
  const [model, picture, say] = [byId('judge-model'), byId('judge-picture'), byId('judge-status')];
  const choices = ['a', 'b', 'same'];
  const buttons = choices.map((choice) => byId('judge-' + choice));
  const key = 'altsmith-judged-' + data.id;
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch { kept = {}; }
  const answers = () => (kept[model.value] = kept[model.value] || []);
  const keep = () => { try { localStorage.setItem(key, JSON.stringify(kept)); } catch { return; } };
  const pairs = () => data.pairs[model.value];
  const show = () => {
    const at = answers().length;
    const pair = pairs()[at];
    byId('judge-pair').hidden = pair === undefined;
    byId('judge-result').hidden = pair !== undefined;
    byId('judge-back').disabled = at === 0;
    if (pair === undefined) { result(); return; }
    say.textContent = 'Pair ' + (at + 1) + ' of ' + pairs().length;
    picture.src = data.thumbnails[pair.file] || '';
    picture.hidden = picture.src === '';
    byId('judge-text-a').textContent = pair.a;
    byId('judge-text-b').textContent = pair.b;
  };
  const result = () => {
    const counts = { person: 0, model: 0, same: 0 };
    answers().forEach((choice, at) => {
      const isPerson = (choice === 'a') === pairs()[at].personFirst;
      counts[choice === 'same' ? 'same' : isPerson ? 'person' : 'model'] += 1;
    });
    say.textContent = 'All pairs are judged.';
    byId('judge-result').textContent = 'You preferred the person\\u2019s text ' + counts.person + ' times, the text of ' +
      model.value + ' ' + counts.model + ' times, and neither ' + counts.same + ' times.';
  };
  const choose = (choice) => {
    if (answers().length >= pairs().length) return;
    answers().push(choice); keep(); show();
  };
  buttons.forEach((button, at) => button.addEventListener('click', () => choose(choices[at])));
  const back = () => { answers().pop(); keep(); show(); };
  byId('judge-back').addEventListener('click', back);
  byId('judge-again').addEventListener('click', () => { kept[model.value] = []; keep(); show(); });
  model.addEventListener('change', show);
  byId('judging').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(?:SELECT|INPUT)$/.test(event.target.tagName)) return;
    const found = { a: 'a', b: 'b', '=': 'same', 0: 'same' }[event.key.toLowerCase()];
    if (found !== undefined) { event.preventDefault(); choose(found); }
    if (event.key === 'Backspace' && answers().length > 0) { event.preventDefault(); back(); }
  });
  show();
})();
`;
