import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statfsSync } from 'node:fs';
import path from 'node:path';

/** f_type of filesystems that several machines write to, so that SQLite's locks and shared memory fail (sqlite.org/howtocorrupt). */
const SHARED_BY_MACHINES = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x0bd00bd1, 'Lustre'],
  [0x19830326, 'BeeGFS'],
  [0x47504653, 'GPFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0xaad7aaea, 'Panasas'],
]);
/** Those that may be local or not, and keep locks or not: what they can is tried. */
const TRIED = new Map([
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x786f4256, 'VirtualBox'],
]);
/** FUSE programs whose files lie on another machine, as /proc/self/mountinfo names them. */
const REMOTE_FUSE = /^fuse\.(sshfs|rclone|s3fs|gcsfuse|goofys|glusterfs|davfs2?|curlftpfs|cephfs|mfs)$/;
/** A start of two processes; a filesystem that keeps them waiting for longer is no place for a database. */
const PROBE_MS = 30_000;

/** Why a database is not safe in the folder: the name of its filesystem, and what failed there. Null where it is safe. */
export function unsafeFilesystem(folder: string, mounts = '/proc/self/mountinfo'): string | null {
  const { type } = statfsSync(folder);
  const shared = SHARED_BY_MACHINES.get(type);
  if (shared !== undefined) return shared;
  const tried = TRIED.get(type);
  if (tried === undefined) return null;
  const mounted = mountedAs(folder, mounts);
  if (mounted !== null && REMOTE_FUSE.test(mounted)) return mounted;
  const failure = probe(folder);
  return failure === null ? null : `${mounted ?? tried}: ${failure}`;
}

/** Type of the mount that holds the folder, such as `fuse.sshfs`; null where it cannot be told. */
function mountedAs(folder: string, mounts: string): string | null {
  if (!existsSync(mounts)) return null;
  const place = realpathSync(folder);
  let best: { readonly point: string; readonly type: string } | null = null;
  for (const line of readFileSync(mounts, 'utf8').split('\n')) {
    const [before, after] = line.split(' - ');
    const point = before
      ?.split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const type = after?.split(' ')[0];
    if (point === undefined || type === undefined) continue;
    const holds = place === point || place.startsWith(point.endsWith('/') ? point : `${point}/`);
    // A later mount on the same point hides the one before.
    if (holds && point.length >= (best?.point.length ?? 0)) best = { point, type };
  }
  return best?.type ?? null;
}

/** What failed of what SQLite needs; null when all went well. */
function probe(folder: string): string | null {
  const script = path.join(__dirname, 'filesystem-probe-process.js');
  const compiled = path.resolve(__dirname, '../../build/server/storage/filesystem-probe-process.js');
  const args = [existsSync(script) ? script : compiled, folder];
  const { status, stderr } = spawnSync(process.execPath, args, { timeout: PROBE_MS, encoding: 'utf8' });
  if (status === 0) return null;
  return status === null ? 'no answer in 30 seconds' : stderr.trim().split('\n').at(-1) || 'the probe failed';
}
