import { KeyForm } from './key-form';

export function LogIn() {
  return (
    <section class="card narrow">
      <p>
        This is the page of your sidecar: the program that looks at the pictures of your website, on your own machine.
        WordPress asks it for alt text, and nothing goes public until a person has approved it.
      </p>
      <KeyForm label="Key of this sidecar" />
      <details>
        <summary>Where do I find the key?</summary>
        <p>
          The very first start prints a site key and writes it to <code>first-key.txt</code> in the data folder. Another
          one is made with <code>altsmith keys create</code>.
        </p>
        <p class="fine">
          The browser keeps the key in two halves: one in a cookie that no script can read, one in this page’s storage.
          Neither half opens anything alone.
        </p>
      </details>
    </section>
  );
}
