'use strict';
// Converts a checkpoint and prints, in bytes, the most memory that took beyond what the process had before. Words: source, target, precision.
const path = require('node:path');

const { convertBlip } = require(path.resolve(__dirname, '../../../build/models/architectures/blip/convert.js'));

const [source, target, precision] = process.argv.slice(2);
const peak = () => process.resourceUsage().maxRSS * 1024;
const before = peak();
void convertBlip({ source, target, precision }).then(() => process.stdout.write(String(peak() - before)));
