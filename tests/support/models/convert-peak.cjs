'use strict';
// Converts a checkpoint and prints, in bytes, the most memory that took beyond what the process had before. Words: source, target, precision.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const { convertCheckpoint } = require(path.resolve(__dirname, '../../../build/models/convert-checkpoint.js'));

const [source, target, precision] = process.argv.slice(2);
// resourceUsage().maxRSS would begin at what the parent had: Linux keeps it over exec.
const peak = () => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
const before = peak();
void convertCheckpoint({ source, target, precision }).then(() => process.stdout.write(String(peak() - before)));
