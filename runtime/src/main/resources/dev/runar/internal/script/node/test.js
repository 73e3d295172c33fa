// node:test, as Node.js 20 has it. Tests run here; what happens is told to `host`, which hands it to
// the reporters of `runar test`.
'use strict';
const { AsyncLocalStorage } = require('./async_hooks.js');
const { inspect } = require('./util.js');
const { MockTracker } = require('./internal-mock.js');
const host = hostPart();

function hostPart() {
  try {
    return internal.part('test');
  } catch {
    return internal.fail('node:test is here when tests are run: runar test FILE', 'ERR_NOT_AVAILABLE');
  }
}

const settings = JSON.parse(host.settings());
// A test may replace the globals by mocks.
const { setTimeout, clearTimeout, AbortController } = globalThis;
const PromiseClass = Promise;
const namePatterns = { test: (name) => host.isWanted(name) };
const current = new AsyncLocalStorage();
const noop = () => {};
const CANCELLED = 'test did not finish before its parent and was cancelled';
const ONLY_WARNING = "'only' and 'runOnly' require the --test-only command-line option.";
const MAX_TESTS = 100_000;
let made = 0;

/** Why a test failed, by the names of Node.js. */
class Failure {
  constructor(kind, error) {
    this.kind = kind;
    this.error = error;
  }
}

function invalid(name, wanted, value) {
  const error = new TypeError(`The "${name}" argument must be ${wanted}. Received ${inspect(value)}`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

/** Where the author called, from the stack: the first frame that is not of this module. */
function callerPlace() {
  const at = /\n {4}at (?:.*\()?(.+:\d+:\d+)\)?/.exec(new Error().stack);
  return at === null ? '' : at[1];
}

function later() {
  const made = {};
  made.promise = new PromiseClass((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

class Test {
  suite = false;
  parent;
  name;
  number = 0;
  nesting = 0;
  place;
  finished = false;
  started = false;
  failure = null;
  directive = 'NONE';
  reason = '';
  subtests = [];
  notes = [];
  hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
  runOnlySubtests = false;
  over = later();
  #waiting = [];
  #running = 0;
  #reported = 0;
  #hasBegun = false;
  #controller;
  #began = 0;
  #took = 0;
  #mock;

  constructor(parent, name, options, fn, place) {
    this.parent = parent;
    this.place = place;
    const { concurrency, only, skip, todo, timeout, signal } = options;
    if (parent === null) {
      this.only = this.runOnlySubtests = settings.only;
      this.timeout = settings.timeoutMs;
      this.concurrency = 1;
      this.name = '';
      this.nesting = -1;
      return;
    }
    if (timeout !== undefined && timeout !== null && !(typeof timeout === 'number' && timeout >= 0)) {
      throw invalid('options.timeout', 'a number of milliseconds', timeout);
    }
    if (++made > MAX_TESTS) throw new RangeError(`a file has at most ${MAX_TESTS} tests`);
    this.name = typeof name === 'string' && name !== '' ? name : fn.name || '<anonymous>';
    this.nesting = parent.nesting + 1;
    this.timeout = timeout ?? parent.timeout;
    this.concurrency =
      concurrency === true ? Infinity : typeof concurrency === 'number' ? Math.max(1, concurrency) : parent.suite ? parent.concurrency : 1;
    this.outerSignal = signal;
    this.fn = fn;
    this.only = only ?? !parent.runOnlySubtests;
    this.runOnlySubtests = !this.only;
    if (!settings.only && (only || parent.runOnlySubtests)) this.note(ONLY_WARNING);
    for (const each of ['beforeEach', 'afterEach']) this.hooks[each] = [...parent.hooks[each]];
    if (todo !== undefined && todo !== false) this.mark('TO_DO', todo);
    if (skip !== undefined && skip !== false) this.mark('SKIP', skip);
    if (parent.skipsAll) this.mark('SKIP', parent.skipsAll);
    this.number = parent.subtests.push(this);
    if (parent.finished) {
      this.fail('parentAlreadyFinished', new Error('test could not be started because its parent finished'));
    }
  }

  /** Applies what the command line selects. */
  select(isSuite) {
    if (this.directive === 'SKIP') return;
    if (settings.named && !isSuite && !namePatterns.test(this.name)) {
      this.mark('SKIP', 'test name does not match pattern');
    } else if (settings.only && !this.only) {
      this.mark('SKIP', "'only' option not set");
    }
  }

  mark(directive, reason) {
    this.directive = directive;
    this.reason = typeof reason === 'string' ? reason : '';
  }

  note(message) {
    this.notes.push(String(message));
  }

  fail(kind, error) {
    this.failure ??= new Failure(kind, error);
  }

  get controller() {
    return (this.#controller ??= new AbortController());
  }

  get mock() {
    return (this.#mock ??= new MockTracker());
  }

  /** Runs at once if its parent lets it, or when its turn comes. */
  schedule() {
    const { parent } = this;
    if (this.failure !== null) {
      this.finish();
    } else if (parent.#running < parent.concurrency && parent.accepts()) {
      parent.#running++;
      void this.run();
    } else {
      parent.#waiting.push(this);
    }
    return this.over.promise;
  }

  accepts() {
    return true;
  }

  /** Lets those begin that wait for their turn. */
  next() {
    while (this.#waiting.length > 0 && this.#running < this.concurrency) {
      const test = this.#waiting.shift();
      if (test.finished) continue;
      this.#running++;
      void test.run();
    }
  }

  async hook(kind) {
    for (const hook of this.hooks[kind]) {
      try {
        await hook.run(this);
      } catch (error) {
        throw error instanceof Failure ? error : new Failure('hookFailed', error);
      }
    }
  }

  context() {
    return new TestContext(this);
  }

  async run() {
    this.started = true;
    this.#began = host.now();
    host.running(this.path());
    try {
      if (this.directive !== 'SKIP') await this.limited();
    } catch (error) {
      if (error instanceof Failure) this.fail(error.kind, error.error);
      else this.fail('testCodeFailure', error);
    }
    this.parent.#running--;
    host.running('');
    if (!this.finished) this.finish();
  }

  /** The names from the top down to this one. */
  path() {
    return this.parent === null || this.parent.name === '' ? this.name : `${this.parent.path()} > ${this.name}`;
  }

  /** Runs all of it within its time and its signals. */
  async limited() {
    const abort = later();
    abort.promise.catch(noop);
    this.giveUp = (kind, error) => abort.reject(new Failure(kind, error));
    const { timeout, outerSignal } = this;
    const timer =
      timeout > 0 && timeout <= 2147483647
        ? setTimeout(() => this.giveUp('testTimeoutFailure', new Error(`test timed out after ${timeout}ms`)), timeout)
        : undefined;
    const aborted = () => this.giveUp('testAborted', outerSignal.reason ?? new Error('The test was aborted'));
    if (outerSignal?.aborted) aborted();
    outerSignal?.addEventListener('abort', aborted);
    try {
      await PromiseClass.race([abort.promise, this.body()]);
    } catch (error) {
      if (error instanceof Failure && error.kind.startsWith('test') && error.kind !== 'testCodeFailure') {
        this.controller.abort(error.error);
      }
      throw error;
    } finally {
      if (timer !== undefined) clearTimeout(timer);
      outerSignal?.removeEventListener('abort', aborted);
    }
  }

  async body() {
    const { parent } = this;
    const context = this.context();
    await parent.hook('before');
    let failed = null;
    try {
      await this.hookEach('beforeEach', parent);
      await current.run(this, () => this.call(context));
    } catch (error) {
      failed = error;
    }
    for (const after of [() => this.hookEach('afterEach', parent), () => this.hook('after')]) {
      try {
        await after();
      } catch (error) {
        failed ??= error;
      }
    }
    if (failed !== null) throw failed;
  }

  async hookEach(kind, parent) {
    for (const hook of parent.hooks[kind]) {
      try {
        await hook.run(this);
      } catch (error) {
        throw error instanceof Failure ? error : new Failure('hookFailed', error);
      }
    }
  }

  /** Calls what the author gave, with a callback if it takes one. */
  call(context) {
    return callWith(this.fn, context);
  }

  /** Subtests that are not over are given up; then the parent hears of it. */
  finish() {
    this.#took = this.started ? host.now() - this.#began : 0;
    let failed = 0;
    for (const test of this.subtests) {
      if (!test.finished) {
        test.fail('cancelledByParent', new Error(CANCELLED));
        test.controller.abort(test.failure.error);
        test.finish();
      }
      if (test.failure !== null && test.directive !== 'TO_DO') failed++;
    }
    if (failed > 0 && this.failure === null) {
      this.fail('subtestsFailed', new Error(`${failed} subtest${failed > 1 ? 's' : ''} failed`));
    }
    this.finished = true;
    this.#mock?.restoreAll();
    this.over.resolve();
    if (this.parent !== null) {
      root.report();
      this.parent.next();
      this.parent.settled?.();
    }
  }

  /** Tells the host what is ready to be told, in the order in which tests were made. */
  report() {
    while (this.#reported < this.subtests.length) {
      const test = this.subtests[this.#reported];
      if (!test.finished && !test.hasNews()) return;
      test.begin();
      test.report();
      if (!test.finished) return;
      test.result();
      this.#reported++;
    }
  }

  hasNews() {
    const next = this.subtests[this.#reported];
    return next !== undefined && (next.finished || next.hasNews());
  }

  begin() {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    host.report(JSON.stringify({ type: 'began', nesting: this.nesting, name: this.name }));
  }

  result() {
    const { nesting, number, name, directive, reason, suite, place, failure, subtests, notes } = this;
    if (subtests.length > 0) host.report(JSON.stringify({ type: 'planned', nesting: nesting + 1, subtests: subtests.length }));
    const tookMs = this.#took;
    host.report(
      JSON.stringify({
        type: 'ended', nesting, number, name, directive, reason, suite, place, tookMs,
        failure: failure === null ? null : described(failure),
      }),
    );
    for (const message of notes) host.report(JSON.stringify({ type: 'noted', nesting, message }));
    this.subtests = subtests.length === 0 ? subtests : new Array(subtests.length).fill(OVER);
  }
}

/** Takes the place of a test that was reported, so that it can be collected. */
const OVER = { finished: true, failure: null, directive: 'NONE' };

class Suite extends Test {
  suite = true;

  constructor(parent, name, options, fn, place) {
    super(parent, name, options, fn, place);
    this.runOnlySubtests = settings.only;
    this.concurrency = options.concurrency === undefined ? 1 : this.concurrency;
    this.select(true);
    if (this.directive === 'SKIP') return;
    // The tests in it are known before it runs.
    try {
      this.built = current.run(this, () => fn.call(undefined, new SuiteContext(this)));
      this.built?.then?.(undefined, noop);
    } catch (error) {
      this.fail('testCodeFailure', error);
    }
  }

  accepts() {
    return this.isOpen === true;
  }

  /** What went wrong while its tests were told is known already. */
  schedule() {
    const failed = this.failure;
    this.failure = null;
    this.unbuilt = failed;
    return super.schedule();
  }

  async body() {
    if (this.unbuilt) throw this.unbuilt;
    await this.built;
    await this.parent.hook('before');
    let failed = null;
    try {
      await this.hook('before');
      this.isOpen = true;
      this.next();
      await PromiseClass.all(this.subtests.map((test) => test.over.promise));
    } catch (error) {
      failed = error;
    }
    try {
      await this.hook('after');
    } catch (error) {
      failed ??= error;
    }
    if (failed !== null) throw failed;
  }

  /** Only what its own time allows counts, not what the whole of its tests takes. */
  async limited() {
    const { timeout } = this;
    this.timeout = this.ownTimeout ?? 0;
    await super.limited();
    this.timeout = timeout;
  }
}

class Root extends Test {
  isOpen = false;
  error = null;
  idle = later();

  accepts() {
    return this.isOpen;
  }

  /** The node starts before the first test. */
  open() {
    if (this.asked) return;
    this.asked = true;
    host.begin((problem) => {
      if (problem !== null) this.fail('hookFailed', new Error(problem));
      this.isOpen = true;
      this.next();
    });
  }

  settled() {
    if (this.subtests.every((test) => test.finished)) this.idle.resolve();
  }

  /** The file has been loaded: waits for its tests, and tells what is left to tell. */
  async end() {
    if (this.subtests.length > 0 && !this.subtests.every((test) => test.finished)) await this.idle.promise;
    try {
      await this.hook('after');
    } catch (error) {
      this.fail(error.kind, error.error);
    }
    this.finished = true;
    this.report();
    host.report(JSON.stringify({ type: 'planned', nesting: 0, subtests: this.subtests.length }));
    for (const message of this.notes) host.report(JSON.stringify({ type: 'noted', nesting: 0, message }));
    const failure = this.failure?.kind === 'subtestsFailed' ? null : this.failure;
    return failure === null ? null : JSON.stringify(described(failure));
  }
}

class Hook {
  #fn;
  #timeout;
  #once;
  #ran;

  constructor(fn, options, once) {
    this.#fn = fn;
    this.#timeout = options.timeout;
    this.#once = once;
  }

  run(test) {
    if (!this.#once) return this.#call(test);
    return (this.#ran ??= this.#call(test));
  }

  async #call(test) {
    const called = current.run(test, async () => callWith(this.#fn, test.context()));
    if (this.#timeout === undefined) return called;
    let timer;
    const late = new PromiseClass((_, reject) => {
      const error = new Error(`test timed out after ${this.#timeout}ms`);
      timer = setTimeout(() => reject(new Failure('hookFailed', error)), this.#timeout);
    });
    try {
      return await PromiseClass.race([called, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function callWith(fn, context) {
  if (fn.length < 2) return fn.call(context, context);
  const called = later();
  let calls = 0;
  const result = fn.call(context, context, (error) => {
    calls++;
    if (calls > 1) {
      const twice = new Failure('multipleCallbackInvocations', new Error('callback invoked multiple times'));
      if (calls === 2) uncaughtFailure(twice);
    } else if (error) called.reject(error);
    else called.resolve();
  });
  if (typeof result?.then === 'function') {
    throw new Failure('callbackAndPromisePresent', new Error('passed a callback but also returned a Promise'));
  }
  return called.promise;
}

/** What a test is given. */
class TestContext {
  #test;

  constructor(test) {
    this.#test = test;
  }

  get name() {
    return this.#test.name;
  }
  get fullName() {
    return this.#test.path();
  }
  get signal() {
    return this.#test.controller.signal;
  }
  get mock() {
    return this.#test.mock;
  }
  diagnostic(message) {
    this.#test.note(message);
  }
  skip(message) {
    this.#test.mark('SKIP', message);
  }
  todo(message) {
    this.#test.mark('TO_DO', message);
  }
  runOnly(value) {
    this.#test.runOnlySubtests = !!value;
  }
  test(...args) {
    return add(Test, this.#test, args, {});
  }
  before(fn, options) {
    // The test runs already, so it is called now.
    return hookOf(fn, options, true).run(this.#test);
  }
  after(fn, options) {
    this.#test.hooks.after.push(hookOf(fn, options, true));
  }
  beforeEach(fn, options) {
    this.#test.hooks.beforeEach.push(hookOf(fn, options, false));
  }
  afterEach(fn, options) {
    this.#test.hooks.afterEach.push(hookOf(fn, options, false));
  }
}

class SuiteContext {
  #suite;

  constructor(suite) {
    this.#suite = suite;
  }
  get name() {
    return this.#suite.name;
  }
  get signal() {
    return this.#suite.controller.signal;
  }
}

Suite.prototype.context = function context() {
  return new SuiteContext(this);
};

const root = new Root(null, '', {}, noop, '');

function hookOf(fn, options = {}, once) {
  if (typeof fn !== 'function') throw invalid('fn', 'a function', fn);
  return new Hook(fn, options, once);
}

/** `(name, options, fn)`, of which each may be left out. */
function add(Kind, parent, args, fixed) {
  if (!settings.runs) return PromiseClass.resolve(); // an instance of a service: its file's own context runs them
  let [name, options, fn] = args;
  if (typeof name === 'function') fn = name;
  else if (name !== null && typeof name === 'object') {
    fn = options;
    options = name;
  } else if (typeof options === 'function') fn = options;
  if (options === null || typeof options !== 'object') options = {};
  if (typeof fn !== 'function') fn = noop;
  const test = new Kind(parent, name, { ...options, ...fixed }, fn, callerPlace());
  if (Kind === Suite) test.ownTimeout = options.timeout;
  else test.select(false);
  if (parent === root) root.open();
  return test.schedule();
}

function method(Kind) {
  const call = (...args) => add(Kind, current.getStore() ?? root, args, {});
  for (const flag of ['skip', 'todo', 'only']) {
    call[flag] = (...args) => add(Kind, current.getStore() ?? root, args, { [flag]: true });
  }
  return call;
}

function globalHook(kind, once) {
  return (fn, options) => {
    const test = current.getStore() ?? root;
    test.hooks[kind].push(hookOf(fn, options, once));
  };
}

/** The test that runs, if it is clear which; the innermost one of those that run one after another. */
function runningTest() {
  let test = root;
  for (;;) {
    const running = test.subtests.filter((each) => each.started && !each.finished);
    if (running.length === 0) return test === root || test.suite ? null : test;
    test = running[running.length - 1];
  }
}

function uncaughtFailure(failure) {
  const test = runningTest();
  if (test?.giveUp) {
    test.giveUp(failure.kind, failure.error);
    return;
  }
  root.note(
    'Warning: A resource generated asynchronous activity after the test ended. ' +
      `This activity created the error "${inspectShort(failure.error)}" which triggered an ${failure.kind} ` +
      'event, caught by the test runner.',
  );
  root.fail(failure.kind, failure.error);
}

function inspectShort(error) {
  try {
    return String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}

host.whenUncaught((error, where) => {
  const kind = where === 'unhandled promise rejection' ? 'unhandledRejection' : 'uncaughtException';
  uncaughtFailure(new Failure(kind, error));
});
host.whenLoaded((done) => {
  root.end().then(done, (error) => done(JSON.stringify(described(new Failure('testCodeFailure', error)))));
});

const text = (value) => (typeof value === 'string' ? value : '');

/** A failure as the host takes it. What an error holds may throw when it is read. */
function described({ kind, error }) {
  try {
    if (error === null || (typeof error !== 'object' && typeof error !== 'function')) {
      return { kind, message: typeof error === 'string' ? error : inspect(error), thrown: true };
    }
    const isOurs = ['subtestsFailed', 'cancelledByParent', 'testTimeoutFailure'].includes(kind);
    const isAssertion = error.code === 'ERR_ASSERTION' && 'actual' in error && 'expected' in error;
    return {
      kind,
      message: 'message' in error ? text(error.message) : inspect(error),
      name: isOurs ? '' : text(error.name),
      code: text(error.code),
      stack: isOurs ? '' : text(error.stack),
      difference: isAssertion
        ? { actual: side(error.actual), expected: side(error.expected), operator: text(error.operator) }
        : null,
      causes: causes(error),
    };
  } catch {
    return { kind, message: 'an error that cannot be read' };
  }
}

/** One property a line, so that lines can be compared. */
const side = (value) => inspect(value, { depth: 8, breakLength: 1 });

function causes(error) {
  const list = [];
  for (let cause = error.cause; cause !== undefined && cause !== null && list.length < 10; cause = cause.cause) {
    list.push(text(cause.stack) || inspect(cause));
  }
  for (const one of Array.isArray(error.errors) ? error.errors.slice(0, 10) : []) list.push(inspectShort(one));
  return list;
}

const test = method(Test);
test.test = test;
test.it = method(Test);
test.describe = method(Suite);
test.suite = test.describe;
test.before = globalHook('before', true);
test.after = globalHook('after', true);
test.beforeEach = globalHook('beforeEach', false);
test.afterEach = globalHook('afterEach', false);
Object.defineProperty(test, 'mock', { get: () => root.mock, enumerable: true, configurable: true });
test.run = () => internal.fail('run() of node:test is not available here: use runar test', 'ERR_NOT_AVAILABLE');
module.exports = test;
