'use strict';
// npm run bench:blip -- [--model base|large|vqa-base] [--parts table,compare,workers] [--rounds N] [--out file.json [--add]]
require('./bundle').run('blip');
