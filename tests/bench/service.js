'use strict';
// npm run bench:service -- [accept] [overhead] [backlog] [long-run] [throughput] [million] [distributed] [workers-elsewhere]
require('./bundle').run('service');
