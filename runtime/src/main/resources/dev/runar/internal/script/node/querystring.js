// node:querystring
'use strict';
const querystring = require('./npm/querystring-es3/index.js');
querystring.escape = encodeURIComponent;
querystring.unescape = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
module.exports = querystring;
