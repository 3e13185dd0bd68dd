'use strict';
// npm run bench:service -- [accept] [overhead] [backlog] [long-run] [throughput] [million]
require('./bundle').run('service');
