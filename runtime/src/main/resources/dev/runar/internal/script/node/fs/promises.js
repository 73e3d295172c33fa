// node:fs/promises
module.exports = require('../fs.js').promises;
