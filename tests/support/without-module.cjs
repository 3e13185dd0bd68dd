'use strict';
// Preloaded with --require: the modules named in WITHOUT_MODULES cannot be loaded, as after an install for another machine.
const Module = require('node:module');

const broken = (process.env.WITHOUT_MODULES ?? '').split(',');
const load = Module._load;
Module._load = function (name, ...rest) {
  if (broken.includes(name)) throw new Error(`${name}: invalid ELF header`);
  return load.call(this, name, ...rest);
};
