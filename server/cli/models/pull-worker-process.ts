// The process that brings a model for a running sidecar: `altsmith models pull`, with its progress as messages.
// Its arguments are the data folder, the model's id and options.
import { lowerPriority } from '../../own-priority';
import { main } from '../main';

const [dataDir, id = '', ...options] = process.argv.slice(2);
if (dataDir !== undefined) process.env['ALTSMITH_DATA_DIR'] = dataDir;
// The pictures that are described meanwhile come first.
lowerPriority();
// Without its sidecar nobody waits for it: the next sidecar goes on with what was downloaded.
const stopWithSidecar = () => process.kill(process.pid, 'SIGTERM');
process.once('disconnect', stopWithSidecar);

const end = (code: number) => {
  process.exitCode = code;
  process.off('disconnect', stopWithSidecar);
  // The channel to the sidecar would keep this process alive.
  if (process.connected) process.disconnect();
};
main(['models', 'pull', id, '--json', ...options]).then(end, () => {
  end(1);
});
