import { useState } from 'preact/hooks';
import { sidecarAddress } from '../connection/address';
import { CopyButton } from '../parts/copy-button';
import { Tabs } from '../parts/tabs';
import type { Picture } from './picture';
import { snippet, type Language } from './snippets';

const LANGUAGES: readonly { readonly id: Language; readonly title: string }[] = [
  { id: 'curl', title: 'curl' },
  { id: 'javascript', title: 'JavaScript' },
  { id: 'python', title: 'Python' },
];

/** How a program does what was just done here. */
export function SnippetBox({ picture }: { picture: Picture }) {
  const [language, setLanguage] = useState<Language>('curl');
  const lastQuestion = picture.answers.at(-1)?.question;
  const text = snippet(language, {
    origin: sidecarAddress(),
    fileName: picture.name,
    mediaType: picture.blob.type === '' ? 'application/octet-stream' : picture.blob.type,
    options: lastQuestion === undefined ? picture.options : { question: lastQuestion },
  });
  return (
    <section class="card" aria-label="The same from a program">
      <div class="row spread">
        <h2>The same from a program</h2>
        <CopyButton text={text} what="the program" />
      </div>
      <Tabs label="Language" tabs={LANGUAGES} chosen={language} onChoose={setLanguage}>
        <pre tabIndex={0}>
          <code>{text}</code>
        </pre>
      </Tabs>
      <p class="fine">ALTSMITH_KEY holds a site key; this page cannot read its own.</p>
    </section>
  );
}
