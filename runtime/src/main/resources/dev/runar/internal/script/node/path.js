// node:path in its form for POSIX systems.
'use strict';
const path = require('./npm/path-browserify/index.js');
path.toNamespacedPath = (name) => name;
module.exports = path;
