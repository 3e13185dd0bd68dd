import { sidecarAddress } from '../connection/address';
import { useSessions } from '../connection/session';
import { useStatus } from '../connection/status';
import { CopyButton } from '../parts/copy-button';
import { PairingCode } from './pairing-code';

/** How a WordPress site finds this sidecar. */
export function Recipe() {
  const { site } = useSessions();
  const version = useStatus()?.data?.version;
  const address = sidecarAddress();
  const constants = `define( 'ALTSMITH_SIDECAR_URL', '${address}' );\ndefine( 'ALTSMITH_SITE_KEY', '…' );`;
  return (
    <section class="card" aria-labelledby="recipe-title">
      <h2 id="recipe-title">Connect WordPress</h2>
      <ol>
        <li>
          Install the plugin: in WordPress <strong>Plugins → Add New → Upload Plugin</strong>, with{' '}
          {version === undefined ? 'the plugin’s zip file' : <code>altsmith-wordpress-{version}.zip</code>} of the
          release.
        </li>
        <li>
          Under <strong>Settings → Altsmith</strong> enter the address <code>{address}</code>{' '}
          <CopyButton text={address} what="the address" /> and a one-time code
          {site?.site == null ? ', which this page shows once you have logged in with a site’s key' : ''}.
          {site === null ? null : <PairingCode />}
        </li>
        <li>
          Press <strong>Save and test</strong>. Uploads then appear under <strong>Media → Alt text review</strong>.
        </li>
      </ol>
      <details>
        <summary>In wp-config.php instead</summary>
        <pre tabIndex={0}>
          <code>{constants}</code>
        </pre>
        <CopyButton text={constants} what="the two lines" />
      </details>
      <p class="fine">
        WordPress must be able to reach this address itself. On another machine, set ALTSMITH_HOST and put TLS in front.
      </p>
    </section>
  );
}
