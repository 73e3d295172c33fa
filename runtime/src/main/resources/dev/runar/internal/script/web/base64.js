// atob and btoa.
(function (env) {
  'use strict';
  const { need } = env;
  const { required } = need('idl');
  const { DOMException } = need('exception');
  const CHUNK = 8192;

  function btoa(data) {
    required(arguments.length, 1, 'btoa');
    const text = `${data}`;
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 255) {
        throw new DOMException('btoa: a character beyond U+00FF', 'InvalidCharacterError');
      }
      bytes[i] = code;
    }
    return bytes.toBase64();
  }

  function atob(data) {
    required(arguments.length, 1, 'atob');
    let text = `${data}`.replace(/[\t\n\f\r ]/g, '');
    if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
    if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
      throw new DOMException('atob: not base64', 'InvalidCharacterError');
    }
    const bytes = Uint8Array.fromBase64(text);
    let binary = '';
    for (let i = 0; i < bytes.length; i += CHUNK) {
      binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
    }
    return binary;
  }

  return { atob, btoa };
});
