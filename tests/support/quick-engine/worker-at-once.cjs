'use strict';
require('./worker.cjs')(0);
