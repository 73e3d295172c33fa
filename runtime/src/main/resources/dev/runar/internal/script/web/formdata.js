// FormData, and the two forms in which it travels.
(function (env) {
  'use strict';
  const { need, engine } = env;
  const { expose, required, usv } = need('idl');
  const { Blob, File, isBlob, bytesIn } = need('blob');

  let entriesOf;

  function entry(name, value, filename, count) {
    if (!isBlob(value)) {
      if (count > 2) throw new TypeError('FormData: the value is not a Blob');
      return [usv(name), usv(value)];
    }
    if (value instanceof File && filename === undefined) return [usv(name), value];
    const options = { type: value.type, lastModified: value.lastModified };
    return [usv(name), new File([value], filename === undefined ? 'blob' : usv(filename), options)];
  }

  class FormData {
    #entries = [];

    static {
      entriesOf = (form) => form.#entries;
    }

    constructor(form = undefined) {
      if (form !== undefined) throw new TypeError('FormData: there are no forms here');
    }
    append(name, value, filename = undefined) {
      required(arguments.length, 2, 'append');
      this.#entries.push(entry(name, value, filename, arguments.length));
    }
    delete(name) {
      required(arguments.length, 1, 'delete');
      const text = usv(name);
      this.#entries = this.#entries.filter(([key]) => key !== text);
    }
    get(name) {
      required(arguments.length, 1, 'get');
      const text = usv(name);
      return this.#entries.find(([key]) => key === text)?.[1] ?? null;
    }
    getAll(name) {
      required(arguments.length, 1, 'getAll');
      const text = usv(name);
      return this.#entries.filter(([key]) => key === text).map(([, value]) => value);
    }
    has(name) {
      required(arguments.length, 1, 'has');
      const text = usv(name);
      return this.#entries.some(([key]) => key === text);
    }
    set(name, value, filename = undefined) {
      required(arguments.length, 2, 'set');
      const made = entry(name, value, filename, arguments.length);
      const index = this.#entries.findIndex(([key]) => key === made[0]);
      if (index < 0) {
        this.#entries.push(made);
        return;
      }
      this.#entries[index] = made;
      this.#entries = this.#entries.filter(([key], i) => i <= index || key !== made[0]);
    }
    forEach(callback, self = undefined) {
      required(arguments.length, 1, 'forEach');
      for (const [name, value] of this) Reflect.apply(callback, self, [value, name, this]);
    }
    *entries() {
      for (let i = 0; i < this.#entries.length; i++) yield [...this.#entries[i]];
    }
    *keys() {
      for (const [name] of this.entries()) yield name;
    }
    *values() {
      for (const [, value] of this.entries()) yield value;
    }
  }
  Object.defineProperty(FormData.prototype, Symbol.iterator, {
    value: FormData.prototype.entries, writable: true, configurable: true,
  });
  expose(FormData);

  const escaped = (name) => name.replace(/\r\n?|\n/g, '%0D%0A').replace(/"/g, '%22');

  /** As multipart/form-data: the bytes and the boundary. */
  function encode(form) {
    const boundary = `----runar-${need('crypto').crypto.randomUUID()}`;
    const parts = [];
    for (const [name, value] of entriesOf(form)) {
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name.replace(/\r\n?|\n/g, '\r\n'))}"`;
      if (typeof value === 'string') {
        parts.push(`${head}\r\n\r\n${value.replace(/\r\n?|\n/g, '\r\n')}\r\n`);
      } else {
        const type = value.type || 'application/octet-stream';
        parts.push(`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, '\r\n');
      }
    }
    parts.push(`--${boundary}--\r\n`);
    return { bytes: bytesIn(new Blob(parts)), boundary };
  }

  const LATIN = 4096;

  function latin(bytes) {
    let text = '';
    for (let i = 0; i < bytes.length; i += LATIN) text += String.fromCharCode(...bytes.subarray(i, i + LATIN));
    return text;
  }

  /** From multipart/form-data. Positions in a text of one character for each byte are positions of bytes. */
  function decode(bytes, boundary) {
    const form = new FormData();
    const text = latin(bytes);
    const decoder = new engine.TextDecoder('utf-8', { ignoreBOM: true });
    const utf8 = (part) => decoder.decode(Uint8Array.from(part, (c) => c.charCodeAt(0)));
    const delimiter = `--${boundary}`;
    let at = text.indexOf(delimiter);
    if (at < 0) throw new TypeError('formData: there is no boundary');
    for (;;) {
      at += delimiter.length;
      if (text.startsWith('--', at)) return form;
      if (!text.startsWith('\r\n', at)) throw new TypeError('formData: a boundary is malformed');
      const body = text.indexOf('\r\n\r\n', at);
      const next = body < 0 ? -1 : text.indexOf(`\r\n${delimiter}`, body + 2);
      if (next < 0) throw new TypeError('formData: it ends too early');
      const head = utf8(text.slice(at, body));
      const name = /^content-disposition:.*[;\s]name="([^"]*)"/im.exec(head);
      if (name === null) throw new TypeError('formData: a part has no name');
      const filename = /^content-disposition:.*[;\s]filename="([^"]*)"/im.exec(head);
      const plain = (value) => value.replace(/%0D%0A/gi, '\r\n').replace(/%22/g, '"');
      const content = bytes.slice(body + 4, Math.max(body + 4, next));
      if (filename === null) {
        form.append(plain(name[1]), decoder.decode(content));
      } else {
        const type = /^content-type:\s*(.+)$/im.exec(head);
        form.append(plain(name[1]), new File([content], plain(filename[1]), { type: type === null ? 'text/plain' : type[1].trim() }));
      }
      at = next + 2;
    }
  }

  return { FormData, encode, decode };
});
