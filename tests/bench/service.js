'use strict';
// npm run bench:service -- [accept] [overhead] [backlog] [long-run] [throughput]
require('./bundle').run('service');
