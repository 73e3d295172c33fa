// node:punycode, the two functions that are in use: a name to and from ASCII, by RFC 3492.
'use strict';
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;

function adapt(delta, points, first) {
  let rest = first ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > 455; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor((36 * rest) / (rest + 38));
}

const digit = (value) => String.fromCharCode(value + (value < 26 ? 97 : 22));
const threshold = (k, bias) => (k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias);

function encode(text) {
  const points = Array.from(text, (c) => c.codePointAt(0));
  const basic = points.filter((c) => c < 128);
  let output = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '');
  let n = 128;
  let delta = 0;
  let bias = 72;
  for (let handled = basic.length; handled < points.length; ) {
    const next = Math.min(...points.filter((c) => c >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const c of points) {
      if (c < n) delta++;
      if (c !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        output += digit(t + ((q - t) % (BASE - t)));
        q = Math.floor((q - t) / (BASE - t));
      }
      output += digit(q);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

function decode(input) {
  const dash = input.lastIndexOf('-');
  const points = Array.from(dash > 0 ? input.slice(0, dash) : '', (c) => c.codePointAt(0));
  let n = 128;
  let i = 0;
  let bias = 72;
  for (let at = dash > 0 ? dash + 1 : 0; at < input.length; ) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const value = parseInt(input[at++], 36);
      const plain = value < 10 ? value + 26 : value - 10;
      if (Number.isNaN(plain)) throw new RangeError('Invalid input');
      i += plain * weight;
      const t = threshold(k, bias);
      if (plain < t) break;
      weight *= BASE - t;
    }
    bias = adapt(i - before, points.length + 1, before === 0);
    n += Math.floor(i / (points.length + 1));
    i %= points.length + 1;
    points.splice(i++, 0, n);
  }
  return String.fromCodePoint(...points);
}

const labels = (name, map) => name.split('.').map(map).join('.');
module.exports = {
  encode,
  decode,
  toASCII: (name) => labels(name, (l) => (/[^\0-\x7f]/.test(l) ? 'xn--' + encode(l) : l)),
  toUnicode: (name) => labels(name, (l) => (l.startsWith('xn--') ? decode(l.slice(4)) : l)),
  ucs2: {
    decode: (text) => Array.from(text, (c) => c.codePointAt(0)),
    encode: (points) => String.fromCodePoint(...points),
  },
};
