// Stands before the tables of tr46: a domain of ASCII without an encoded label is its own answer.
/* global env */
const known = (name) => !/[^\0-\x7f]|(?:^|\.)xn--/i.test(name);

module.exports = {
  toASCII: (name, options) =>
    known(name) && !options.verifyDNSLength && !options.useSTD3ASCIIRules && !options.checkHyphens
      ? name.toLowerCase()
      : env.need("tr46").toASCII(name, options),
  toUnicode: (name, options) => env.need("tr46").toUnicode(name, options),
};
