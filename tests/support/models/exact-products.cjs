'use strict';
// Whether products of this CPU are exact, asked outside jest, whose realm onnxruntime-node refuses.
const path = require('node:path');

const { areProductsExact } = require(path.resolve(__dirname, '../../../build/models/session/exact-products.js'));
process.stdout.write(JSON.stringify(areProductsExact()));
