'use strict';
// npm run bench:blip -- [--model base|large] [--rounds N] [--out file.json]
require('./bundle').run('blip');
