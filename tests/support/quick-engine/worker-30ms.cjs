'use strict';
require('./worker.cjs')(30);
