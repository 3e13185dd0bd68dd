// The process that brings a model for a running sidecar: `altsmith models pull`, with its progress as messages.
// Its arguments are the data folder and the model's id.
import { main } from '../main';

const [dataDir, id = ''] = process.argv.slice(2);
if (dataDir !== undefined) process.env['ALTSMITH_DATA_DIR'] = dataDir;
const end = (code: number) => {
  process.exitCode = code;
  // The channel to the sidecar would keep this process alive.
  process.disconnect();
};
main(['models', 'pull', id, '--json']).then(end, () => {
  end(1);
});
