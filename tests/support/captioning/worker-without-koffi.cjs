'use strict';
// The worker process on a machine that has no koffi, as after an install for another one.
process.env.WITHOUT_MODULES = 'koffi';
require('../without-module.cjs');
require('../../../build/server/captioning/worker-process.js');
