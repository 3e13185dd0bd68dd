'use strict';
// npm run bench:backfill -- [--images N]: a backfill of ten thousand attachments on a real WordPress and MariaDB, with the
// real sidecar. It measures the plugin as `npm run build:plugin` left it.
require('./bundle').run('backfill');
