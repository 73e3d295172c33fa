import { ValidationError } from "./errors.js";
import { functionText } from "./primordials.js";

/** How the input of an action reaches its handler. */
export interface HandlerParameters {
  /** The names of the data parameters; null when the handler takes the input as a whole. */
  readonly names: readonly string[] | null;
}

/** A handler's last parameter is the context when it has one of these names. */
const CONTEXT_NAMES: ReadonlySet<string> = new Set(["ctx", "context", "_ctx", "_context"]);

/**
 * Reads the parameter names of a handler from its source text, once, at registration. A last
 * parameter named `ctx`, `context`, `_ctx` or `_context` is left out: it is the context.
 *
 * @throws ValidationError when the names cannot be known for sure
 */
export function parametersOf(
  handler: (...args: never[]) => unknown,
  what: string,
): HandlerParameters {
  const list = new Scanner(functionText(handler), what).parameters();
  const beforeDefault = list.findIndex((parameter) => parameter.hasDefault);
  if (handler.length !== (beforeDefault < 0 ? list.length : beforeDefault)) {
    throw unreadable(what, "its source text does not agree with its length");
  }
  const last = list.at(-1);
  const data = last?.name != null && CONTEXT_NAMES.has(last.name) ? list.slice(0, -1) : list;
  if (data.some((parameter) => parameter.name === null)) {
    if (data.length > 1) {
      throw unreadable(what, "one of several parameters is a destructuring pattern");
    }
    return { names: null };
  }
  const names = data.map((parameter) => parameter.name as string);
  const second = names.find((name, index) => names.indexOf(name) !== index);
  if (second !== undefined) {
    throw unreadable(what, `two parameters are named ${second}`);
  }
  return { names };
}

interface Parameter {
  /** Null for a destructuring pattern. */
  readonly name: string | null;
  readonly hasDefault: boolean;
}

const SPACE = /[\s\uFEFF]/;
const WORD_START = /[\p{ID_Start}$_]/u;
const WORD_PART = /[\p{ID_Continue}$\u200c\u200d]/u;
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
/** A slash after one of these words begins a regular expression, after any other it divides. */
const BEFORE_REGEXP: ReadonlySet<string> = new Set(
  "return typeof instanceof in of new delete void throw case do else yield await".split(" "),
);
const BEFORE_PARENTHESES: ReadonlySet<string> = new Set(["if", "while", "for", "with"]);

/**
 * Walks the source text of one function up to the end of its parameter list. It knows as much of
 * the grammar as is needed to step over default values: comments, strings, templates, regular
 * expressions, brackets.
 */
class Scanner {
  readonly #source: string;
  readonly #what: string;
  #at = 0;
  /** A slash here would begin a regular expression. */
  #regexpMayStart = true;

  constructor(source: string, what: string) {
    this.#source = source;
    this.#what = what;
  }

  parameters(): Parameter[] {
    if (/\{\s*\[native code\]\s*\}\s*$/.test(this.#source)) {
      throw unreadable(this.#what, "it is a bound or built-in function");
    }
    const single = this.#head();
    return single === null ? this.#list() : [{ name: single, hasDefault: false }];
  }

  /** Steps over everything before the list. Returns the name of `name => …`, else null. */
  #head(): string | null {
    let word = "";
    let isFirst = true;
    let isAsync = false;
    for (;;) {
      this.#skipBlank();
      const char = this.#peek();
      if (char === "(") {
        this.#at++;
        return null;
      }
      if (this.#source.startsWith("=>", this.#at)) {
        return word;
      }
      if (char === "*") {
        if (!isAsync) {
          throw new ValidationError(
            `${this.#what} is a generator; write \`async function*\` for one that answers with a stream`,
          );
        }
        this.#at++;
      } else if (this.#isWordStart()) {
        word = this.#word();
        isAsync ||= isFirst && word === "async";
        this.#skipBlank();
        if (isFirst && word === "class" && this.#peek() !== "(") {
          throw new ValidationError(`${this.#what} is a class; give a function`);
        }
      } else if (char === "#") {
        this.#at++;
      } else if (char === "[" || char === '"' || char === "'" || /[0-9.]/.test(char)) {
        this.#skipToken();
      } else {
        throw this.#lost();
      }
      isFirst = false;
    }
  }

  #list(): Parameter[] {
    const parameters: Parameter[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#peek() === ")") {
        return parameters;
      }
      parameters.push(this.#parameter());
      this.#skipBlank();
      if (this.#peek() === ",") {
        this.#at++;
      } else if (this.#peek() !== ")") {
        throw this.#lost();
      }
    }
  }

  #parameter(): Parameter {
    let name: string | null = null;
    if (this.#source.startsWith("...", this.#at)) {
      throw unreadable(this.#what, "it has a rest parameter");
    }
    if (this.#peek() === "{" || this.#peek() === "[") {
      this.#skipToken();
    } else if (this.#isWordStart()) {
      name = this.#word();
    } else {
      throw this.#lost();
    }
    this.#skipBlank();
    const hasDefault = this.#peek() === "=";
    if (hasDefault) {
      this.#at++;
      this.#skipDefault();
    }
    return { name, hasDefault };
  }

  /** Steps over a default value, up to the comma or parenthesis behind it. */
  #skipDefault(): void {
    this.#regexpMayStart = true;
    for (;;) {
      this.#skipBlank();
      if (this.#peek() === "," || this.#peek() === ")") {
        return;
      }
      this.#skipToken();
    }
  }

  /** Steps over one token; an opening bracket goes with all up to its closing one. */
  #skipToken(): void {
    const char = this.#peek();
    if (char in CLOSERS) {
      this.#skipBrackets(CLOSERS[char] as string);
    } else if (char === '"' || char === "'") {
      this.#skipString(char);
    } else if (char === "`") {
      this.#skipTemplate();
    } else if (char === "/" && this.#regexpMayStart) {
      this.#skipRegexp();
    } else if (this.#isWordStart()) {
      this.#regexpMayStart = BEFORE_REGEXP.has(this.#word());
    } else if (/[0-9]/.test(char)) {
      while (/[\w.]/.test(this.#peek())) {
        this.#at++;
      }
      this.#regexpMayStart = false;
    } else if (char === "" || char === ")" || char === "]" || char === "}") {
      throw this.#lost();
    } else {
      this.#skipPunctuator();
    }
  }

  #skipPunctuator(): void {
    const isPostfix = /^(\+\+|--)/.test(this.#source.slice(this.#at, this.#at + 2));
    this.#at += isPostfix ? 2 : 1;
    this.#regexpMayStart = isPostfix ? this.#regexpMayStart : true;
  }

  #skipBrackets(closer: string): void {
    const before = /(\w*)\s*$/.exec(this.#source.slice(Math.max(0, this.#at - 20), this.#at));
    this.#at++;
    this.#regexpMayStart = true;
    for (;;) {
      this.#skipBlank();
      if (this.#peek() === closer) {
        break;
      }
      this.#skipToken();
    }
    this.#at++;
    // Behind `if (…)` a statement begins, and behind a block too; behind a value it divides.
    this.#regexpMayStart =
      closer === "}" || (closer === ")" && BEFORE_PARENTHESES.has(before?.[1] ?? ""));
  }

  #skipString(quote: string): void {
    this.#at++;
    while (this.#peek() !== quote) {
      this.#at += this.#peek() === "\\" ? 2 : 1;
      this.#mustGoOn();
    }
    this.#at++;
    this.#regexpMayStart = false;
  }

  #skipTemplate(): void {
    this.#at++;
    while (this.#peek() !== "`") {
      if (this.#source.startsWith("${", this.#at)) {
        this.#at++;
        this.#skipBrackets("}");
      } else {
        this.#at += this.#peek() === "\\" ? 2 : 1;
      }
      this.#mustGoOn();
    }
    this.#at++;
    this.#regexpMayStart = false;
  }

  #skipRegexp(): void {
    this.#at++;
    let inClass = false;
    while (inClass || this.#peek() !== "/") {
      const char = this.#peek();
      if (char === "[") {
        inClass = true;
      } else if (char === "]") {
        inClass = false;
      }
      this.#at += char === "\\" ? 2 : 1;
      this.#mustGoOn();
    }
    this.#at++;
    while (/\w/.test(this.#peek())) {
      this.#at++;
    }
    this.#regexpMayStart = false;
  }

  #skipBlank(): void {
    for (;;) {
      if (SPACE.test(this.#peek())) {
        this.#at++;
      } else if (this.#source.startsWith("//", this.#at)) {
        this.#skipUntil(/[\n\r\u2028\u2029]/g);
      } else if (this.#source.startsWith("/*", this.#at)) {
        this.#at += 2;
        this.#skipUntil(/\*\//g);
      } else {
        return;
      }
    }
  }

  #skipUntil(end: RegExp): void {
    end.lastIndex = this.#at;
    if (end.exec(this.#source) === null) {
      throw this.#lost();
    }
    this.#at = end.lastIndex;
  }

  #word(): string {
    const start = this.#at;
    while (WORD_PART.test(this.#codePoint())) {
      this.#at += this.#codePoint().length;
    }
    if (this.#peek() === "\\") {
      throw unreadable(this.#what, "a name has an escape in it");
    }
    return this.#source.slice(start, this.#at);
  }

  #isWordStart(): boolean {
    return WORD_START.test(this.#codePoint());
  }

  #codePoint(): string {
    const code = this.#source.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #mustGoOn(): void {
    if (this.#at > this.#source.length) {
      throw this.#lost();
    }
  }

  #lost(): ValidationError {
    return unreadable(this.#what, `its source text cannot be read at character ${this.#at}`);
  }
}

function unreadable(what: string, why: string): ValidationError {
  return new ValidationError(
    `the parameter names of ${what} cannot be known for sure: ${why}; ` +
      "use action({ handler: (input, ctx) => … }), which takes the input as a whole",
  );
}
