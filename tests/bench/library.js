'use strict';
// npm run bench:library -- [--images N] [--requests N] [--with-browser]: a library of a hundred thousand attachments with forty thousand
// suggestions on a real WordPress and MariaDB, and how long the requests of the screens take there.
require('./bundle').run('library');
