import { useStatus } from '../connection/status';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** Where the bytes of a picture go. Says what is so, not what would sound well. */
export function PrivacyLine() {
  const status = useStatus()?.data ?? null;
  const isHere = LOOPBACK.test(location.hostname);
  const first = isHere
    ? 'Pictures go to the sidecar on this machine'
    : `Pictures go from this browser to the sidecar at ${location.host}`;
  const way = location.protocol === 'https:' || isHere ? '' : ', unencrypted';
  const beyond = status?.bytes_also_go_to ?? null;
  const isRemote = beyond !== null || status?.model?.precision === 'remote';
  return (
    <p class={isRemote ? 'privacy privacy-warn' : 'privacy'}>
      {first}
      {way}
      {status === null ? '.' : isRemote ? remotely(beyond) : ' and nowhere else.'}{' '}
      {status === null ? '' : `Altsmith ${status.version}.`}
    </p>
  );
}

function remotely(address: string | null): string {
  return `, and from there to the model server ${address ?? 'that its owner has set'} as well.`;
}
