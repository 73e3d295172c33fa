// performance: the clock of the context, and its marks and measures.
(function (env) {
  'use strict';
  const { need, clock, timers } = env;
  const { expose, required, dictionary } = need('idl');
  const { DOMException } = need('exception');
  const { EventTarget } = need('events');
  const KEY = Symbol('made by the host');
  const MAX_ENTRIES = 10_000; // the oldest goes
  const timeOrigin = Date.now() - clock.now();
  const entries = [];
  const observers = new Set();

  class PerformanceEntry {
    #name;
    #type;
    #start;
    #duration;

    constructor(key, name, type, start, duration) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      this.#name = name;
      this.#type = type;
      this.#start = start;
      this.#duration = duration;
    }
    get name() {
      return this.#name;
    }
    get entryType() {
      return this.#type;
    }
    get startTime() {
      return this.#start;
    }
    get duration() {
      return this.#duration;
    }
    toJSON() {
      const name = this.#name;
      const { entryType, startTime, duration } = this;
      return 'detail' in this
        ? { name, entryType, startTime, duration, detail: this.detail }
        : { name, entryType, startTime, duration };
    }
  }
  expose(PerformanceEntry);
  Object.defineProperty(PerformanceEntry, 'length', { value: 0 });

  function cloned(detail) {
    return detail === undefined || detail === null ? null : need('clone').structuredClone(detail);
  }

  class PerformanceMark extends PerformanceEntry {
    #detail;

    constructor(name, options = undefined) {
      required(arguments.length, 1, 'PerformanceMark');
      const text = `${name}`;
      const init = dictionary(options, 'PerformanceMark');
      const start = init.startTime === undefined ? clock.now() : Number(init.startTime);
      if (!(start >= 0)) throw new TypeError('PerformanceMark: startTime is negative');
      super(KEY, text, 'mark', start, 0);
      this.#detail = cloned(init.detail);
    }
    get detail() {
      return this.#detail;
    }
  }
  expose(PerformanceMark);

  class PerformanceMeasure extends PerformanceEntry {
    #detail;

    constructor(key, name, start, duration, detail) {
      super(key, name, 'measure', start, duration);
      this.#detail = detail;
    }
    get detail() {
      return this.#detail;
    }
  }
  expose(PerformanceMeasure);
  Object.defineProperty(PerformanceMeasure, 'length', { value: 0 });

  function add(entry) {
    entries.push(entry);
    if (entries.length > MAX_ENTRIES) entries.shift();
    for (const observer of observers) offer(observer, entry);
    return entry;
  }

  function time(mark) {
    if (typeof mark === 'number') {
      if (!(mark >= 0)) throw new TypeError('measure: a time is negative');
      return mark;
    }
    const name = `${mark}`;
    const found = entries.findLast((e) => e.entryType === 'mark' && e.name === name);
    if (found === undefined) throw new DOMException(`there is no mark ${name}`, 'SyntaxError');
    return found.startTime;
  }

  const sorted = (list) => list.toSorted((a, b) => a.startTime - b.startTime);

  class Performance extends EventTarget {
    constructor(key = undefined) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      super();
    }
    get timeOrigin() {
      return this === performance ? timeOrigin : illegal();
    }
    now() {
      return this === performance ? clock.now() : illegal();
    }
    toJSON() {
      if (this !== performance) illegal();
      return { timeOrigin };
    }
    mark(name, options = undefined) {
      if (this !== performance) illegal();
      required(arguments.length, 1, 'mark');
      return add(new PerformanceMark(name, options));
    }
    measure(name, startOrOptions = undefined, endMark = undefined) {
      if (this !== performance) illegal();
      required(arguments.length, 1, 'measure');
      const text = `${name}`;
      const options =
        typeof startOrOptions === 'object' && startOrOptions !== null ? startOrOptions : undefined;
      const given = options ?? { start: startOrOptions ?? undefined }; // null is an empty dictionary
      const { detail, duration, start } = given;
      if (options !== undefined && [start, given.end, duration, detail].some((part) => part !== undefined)) {
        if (endMark !== undefined) throw new TypeError('measure: options and an end mark');
        if (start === undefined && given.end === undefined) throw new TypeError('measure: neither start nor end');
        if (start !== undefined && given.end !== undefined && duration !== undefined) {
          throw new TypeError('measure: start, end and duration');
        }
      }
      const end =
        endMark !== undefined ? time(endMark)
          : given.end !== undefined ? time(given.end)
            : start !== undefined && duration !== undefined ? time(start) + Number(duration)
              : clock.now();
      const from =
        start !== undefined ? time(start)
          : duration !== undefined && given.end !== undefined ? time(given.end) - Number(duration)
            : 0;
      return add(new PerformanceMeasure(KEY, text, from, end - from, cloned(detail)));
    }
    clearMarks(name = undefined) {
      if (this !== performance) illegal();
      clear('mark', name);
    }
    clearMeasures(name = undefined) {
      if (this !== performance) illegal();
      clear('measure', name);
    }
    getEntries() {
      if (this !== performance) illegal();
      return sorted(entries);
    }
    getEntriesByType(type) {
      required(arguments.length, 1, 'getEntriesByType');
      if (this !== performance) illegal();
      const text = `${type}`;
      return sorted(entries.filter((e) => e.entryType === text));
    }
    getEntriesByName(name, type = undefined) {
      required(arguments.length, 1, 'getEntriesByName');
      if (this !== performance) illegal();
      const text = `${name}`;
      return sorted(entries.filter((e) => e.name === text && (type === undefined || e.entryType === `${type}`)));
    }
  }
  expose(Performance);

  function illegal() {
    throw new TypeError('Illegal invocation');
  }

  function clear(type, name) {
    const text = name === undefined ? undefined : `${name}`;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry.entryType === type && (text === undefined || entry.name === text)) entries.splice(i, 1);
    }
  }

  class PerformanceObserverEntryList {
    #list;

    constructor(key, list) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      this.#list = sorted(list);
    }
    getEntries() {
      return [...this.#list];
    }
    getEntriesByType(type) {
      required(arguments.length, 1, 'getEntriesByType');
      return this.#list.filter((e) => e.entryType === `${type}`);
    }
    getEntriesByName(name, type = undefined) {
      required(arguments.length, 1, 'getEntriesByName');
      return this.#list.filter((e) => e.name === `${name}` && (type === undefined || e.entryType === `${type}`));
    }
  }
  expose(PerformanceObserverEntryList);
  Object.defineProperty(PerformanceObserverEntryList, 'length', { value: 0 });

  const TYPES = Object.freeze(['mark', 'measure']);
  let stateOf;

  class PerformanceObserver {
    #state;

    static {
      stateOf = (observer) => observer.#state;
    }

    constructor(callback) {
      if (typeof callback !== 'function') throw new TypeError('PerformanceObserver: the callback is no function');
      this.#state = { callback, types: new Set(), waiting: [], kind: undefined, scheduled: false };
    }
    static get supportedEntryTypes() {
      return TYPES;
    }
    observe(options = undefined) {
      const { entryTypes, type, buffered } = dictionary(options, 'observe');
      if ((entryTypes === undefined) === (type === undefined)) {
        throw new TypeError('observe: give either entryTypes or type');
      }
      if (entryTypes !== undefined && (typeof entryTypes !== 'object' || entryTypes === null)) {
        throw new TypeError('observe: entryTypes is no sequence');
      }
      const state = this.#state;
      const kind = entryTypes === undefined ? 'one' : 'many';
      if (state.kind !== undefined && state.kind !== kind) {
        throw new DOMException('observe: type and entryTypes are mixed', 'InvalidModificationError');
      }
      state.kind = kind;
      const wanted = (entryTypes === undefined ? [`${type}`] : [...entryTypes].map(String)).filter((t) => TYPES.includes(t));
      if (wanted.length === 0) return;
      if (kind === 'many') state.types.clear();
      for (const each of wanted) state.types.add(each);
      observers.add(this);
      if (kind === 'one' && buffered) {
        for (const entry of entries) if (entry.entryType === wanted[0]) offer(this, entry);
      }
    }
    disconnect() {
      observers.delete(this);
      const state = this.#state;
      state.waiting = [];
      state.types.clear();
      state.kind = undefined;
    }
    takeRecords() {
      return this.#state.waiting.splice(0);
    }
  }
  expose(PerformanceObserver);

  function offer(observer, entry) {
    const state = stateOf(observer);
    if (!state.types.has(entry.entryType)) return;
    state.waiting.push(entry);
    if (state.waiting.length > MAX_ENTRIES) state.waiting.shift();
    if (state.scheduled) return;
    state.scheduled = true;
    timers.setTimeout(() => {
      state.scheduled = false;
      const list = state.waiting.splice(0);
      if (list.length === 0) return;
      state.callback.call(observer, new PerformanceObserverEntryList(KEY, list), observer);
    }, 0);
  }

  const performance = new Performance(KEY);
  return {
    performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure,
    PerformanceObserver, PerformanceObserverEntryList,
  };
});
