// node:stream
module.exports = require('./npm/readable-stream/lib/ours/index.js');
