'use strict';
// jest's only view of TypeScript: the same compiler and settings as the build, one file at a time.
const { transformSync } = require('esbuild');

module.exports = {
  process(source, file) {
    const { code, map } = transformSync(source, {
      loader: file.endsWith('x') ? 'tsx' : 'ts',
      format: 'cjs',
      target: 'node20',
      sourcemap: true,
      sourcefile: file,
      jsx: 'automatic',
      supported: { 'dynamic-import': false },
    });
    return { code, map };
  },
};
