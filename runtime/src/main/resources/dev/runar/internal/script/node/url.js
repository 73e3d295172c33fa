// node:url: paths and URLs, the classes of the web, and the old parse, format and resolve.
'use strict';
const { pathOf, urlOf } = internal;
const querystring = require('querystring');

function fileURLToPath(url) {
  const text = typeof url === 'string' ? url : url?.href;
  if (typeof text !== 'string' || !text.startsWith('file:')) {
    const error = new TypeError('The URL must be of scheme file');
    error.code = 'ERR_INVALID_URL_SCHEME';
    throw error;
  }
  return pathOf(text.replace(/[?#].*$/, ''));
}

function pathToFileURL(path) {
  const absolute = require('path').resolve(path);
  const href = urlOf(absolute).replace(/\/$/, path.endsWith('/') ? '/' : '');
  return globalThis.URL === undefined ? { href, protocol: 'file:', toString: () => href } : new URL(href);
}

const PARTS = /^([a-z][a-z0-9+.-]*:)?(\/\/)?(?:([^/?#@]*)@)?([^/?#]*)?([^?#]*)?(\?[^#]*)?(#.*)?$/i;

class Url {}

function parse(text, parseQuery = false) {
  const found = PARTS.exec(String(text).trim());
  const url = Object.assign(new Url(), {
    protocol: null, slashes: null, auth: null, host: null, port: null, hostname: null,
    hash: null, search: null, query: null, pathname: null, path: null, href: '',
  });
  const [, protocol, slashes, auth, host, path, search, hash] = found ?? [];
  url.protocol = protocol?.toLowerCase() ?? null;
  url.slashes = slashes ? true : null;
  if (slashes) {
    url.auth = auth === undefined ? null : decodeURIComponent(auth);
    url.host = host?.toLowerCase() ?? '';
    url.port = /:(\d+)$/.exec(url.host)?.[1] ?? null;
    url.hostname = url.host.replace(/:\d*$/, '');
  }
  const rest = slashes ? path : (auth === undefined ? '' : auth + '@') + (host ?? '') + (path ?? '');
  url.pathname = rest || (slashes && /^https?:$/.test(url.protocol ?? '') ? '/' : null);
  url.search = search ?? (parseQuery ? '' : null);
  url.query = parseQuery ? querystring.parse(search?.slice(1) ?? '') : (search?.slice(1) ?? null);
  url.hash = hash ?? null;
  url.path = url.pathname === null && !search ? null : (url.pathname ?? '') + (search ?? '');
  url.href = format(url);
  return url;
}

function format(url) {
  if (typeof url === 'string') return format(parse(url));
  if (globalThis.URL !== undefined && url instanceof URL) return url.href;
  const protocol = url.protocol ? url.protocol.replace(/:?$/, ':') : '';
  const host = url.host ?? (url.hostname ? url.hostname + (url.port ? ':' + url.port : '') : '');
  const slashes = url.slashes || (host && /^(https?|ftp|file|wss?):$/.test(protocol)) ? '//' : '';
  const auth = url.auth ? encodeURIComponent(url.auth).replace('%3A', ':') + '@' : '';
  const query = url.query && typeof url.query === 'object' ? querystring.stringify(url.query) : '';
  const search = url.search ?? (query ? '?' + query : '');
  const path = url.pathname ?? '';
  const gap = host && path && !path.startsWith('/') ? '/' : '';
  return protocol + slashes + auth + host + gap + path + search.replace(/^(?!\?|$)/, '?') + (url.hash ?? '');
}

function resolve(from, to) {
  const target = parse(to);
  if (target.protocol && target.protocol !== parse(from).protocol) return target.href;
  const url = parse(from);
  if (target.slashes) return format({ ...target, protocol: target.protocol ?? url.protocol });
  url.hash = target.hash;
  if (target.pathname === null) {
    url.search = target.search ?? url.search;
  } else {
    url.search = target.search;
    const base = (url.pathname ?? '').replace(/[^/]*$/, '');
    const joined = target.pathname.startsWith('/') ? target.pathname : base + target.pathname;
    url.pathname = withoutDots(joined);
  }
  return format(url);
}

function withoutDots(path) {
  const out = [];
  const parts = path.split('/');
  parts.forEach((part, i) => {
    const isLast = i === parts.length - 1;
    if (part === '..') {
      if (out.length > 1) out.pop();
      if (isLast) out.push('');
    } else if (part !== '.') {
      out.push(part);
    } else if (isLast) {
      out.push('');
    }
  });
  return out.join('/');
}

const { toASCII, toUnicode } = require('punycode');
module.exports = {
  fileURLToPath,
  pathToFileURL,
  parse,
  format,
  resolve,
  Url,
  domainToASCII: toASCII,
  domainToUnicode: toUnicode,
  urlToHttpOptions: (url) => ({
    protocol: url.protocol, hostname: url.hostname, path: url.pathname + url.search, href: url.href, port: url.port,
  }),
  get URL() {
    return globalThis.URL;
  },
  get URLSearchParams() {
    return globalThis.URLSearchParams;
  },
};
