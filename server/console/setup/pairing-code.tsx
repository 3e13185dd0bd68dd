import type { PairingReply } from '../../contract/pairing';
import { useEffect, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask } from '../connection/request';
import { isNumber, isText, shape } from '../connection/shape';
import { announce } from '../parts/announcer';
import { CopyButton } from '../parts/copy-button';
import { Failure } from '../parts/failure';

type Pairing = PairingReply['pairing'];

const isPairingReply = shape<PairingReply>({
  pairing: shape<Pairing>({
    code: isText,
    expires_in_seconds: isNumber,
    site: shape<Pairing['site']>({ id: isText, name: isText }),
    address: isText,
  }),
});

/** Makes a one-time code that a CMS exchanges for a key of the site that is logged in, and shows it until it ends. */
export function PairingCode() {
  const [pairing, setPairing] = useState<Pairing | null>(null);
  const [hasEnded, setEnded] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  useEffect(() => {
    if (pairing === null) return undefined;
    setEnded(false);
    const timer = setTimeout(() => {
      setEnded(true);
      announce('The code has ended.');
    }, pairing.expires_in_seconds * 1000);
    return () => clearTimeout(timer);
  }, [pairing]);

  const make = () => {
    ask('/v1/pairings', isPairingReply, { method: 'POST', json: { name: 'WordPress' } })
      .then((reply) => {
        setError(null);
        setPairing(reply.pairing);
        announce(`The code is ${reply.pairing.code.replace(/./g, '$& ')}.`);
      })
      .catch((thrown: unknown) => setError(toApiError(thrown)));
  };
  return (
    <>
      {error === null ? null : <Failure error={error} />}
      {pairing === null || hasEnded ? null : (
        <p class="row">
          <code class="secret" tabIndex={0}>
            {pairing.code}
          </code>
          <CopyButton text={pairing.code} what="the code" />
        </p>
      )}
      {hasEnded ? <p>The code has ended.</p> : null}
      <button type="button" class="small" onClick={make}>
        {pairing === null ? 'Show a code' : 'Show a new code'}
      </button>{' '}
      <span class="fine">It works once, for ten minutes, and stands for a new key of this site.</span>
    </>
  );
}
