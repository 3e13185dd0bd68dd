'use strict';
// Takes one second a picture, as a model would.
require('./worker.cjs')(1000, 1000);
