'use strict';
// As the model that ships with the repository: its texts are demonstrations.
const { model } = require('./worker.cjs');
Object.assign(model, { id: 'quick-demonstration', demonstration: true });
require('./worker.cjs')(30);
