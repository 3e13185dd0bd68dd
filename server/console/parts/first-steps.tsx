import { useStatus } from '../connection/status';

/** The three first steps of a new owner, and which are done; nothing once all are. The terminal and the plugin tell the same. */
export function FirstSteps() {
  const done = useStatus()?.data?.first_steps;
  if (done === undefined || (done.connect && done.try && done.existing)) return null;
  return (
    <section class="card" aria-labelledby="steps-title">
      <h2 id="steps-title">Get started</h2>
      <p>
        This is the page of your sidecar: the program that looks at your pictures. WordPress asks it, and nothing is
        published without you. Below you can try it with any picture; three steps lead to your website:
      </p>
      <ol>
        <li>
          <strong>Connect WordPress.</strong> <Standing isDone={done.connect} /> <a href="#set-up">Set-up</a> shows the
          address and a one-time code; both go into WordPress under <strong>Settings → Altsmith</strong>.
        </li>
        <li>
          <strong>Try one picture.</strong> <Standing isDone={done.try} /> In WordPress under{' '}
          <strong>Settings → Get started with Altsmith</strong>.
        </li>
        <li>
          <strong>Existing images.</strong> <Standing isDone={done.existing} /> In WordPress under{' '}
          <strong>Media → Existing images</strong>.
        </li>
      </ol>
    </section>
  );
}

function Standing({ isDone }: { isDone: boolean }) {
  return <span class="tag">{isDone ? 'done' : 'not done yet'}</span>;
}
