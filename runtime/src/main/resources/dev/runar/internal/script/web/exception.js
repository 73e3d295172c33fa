// DOMException: an error whose name says what went wrong.
(function (env) {
  'use strict';
  const { need } = env;
  const { expose } = need('idl');
  const { defineProperty, setPrototypeOf } = Object;

  const CODES = {
    INDEX_SIZE_ERR: 1, DOMSTRING_SIZE_ERR: 2, HIERARCHY_REQUEST_ERR: 3, WRONG_DOCUMENT_ERR: 4,
    INVALID_CHARACTER_ERR: 5, NO_DATA_ALLOWED_ERR: 6, NO_MODIFICATION_ALLOWED_ERR: 7,
    NOT_FOUND_ERR: 8, NOT_SUPPORTED_ERR: 9, INUSE_ATTRIBUTE_ERR: 10, INVALID_STATE_ERR: 11,
    SYNTAX_ERR: 12, INVALID_MODIFICATION_ERR: 13, NAMESPACE_ERR: 14, INVALID_ACCESS_ERR: 15,
    VALIDATION_ERR: 16, TYPE_MISMATCH_ERR: 17, SECURITY_ERR: 18, NETWORK_ERR: 19, ABORT_ERR: 20,
    URL_MISMATCH_ERR: 21, QUOTA_EXCEEDED_ERR: 22, TIMEOUT_ERR: 23, INVALID_NODE_TYPE_ERR: 24,
    DATA_CLONE_ERR: 25,
  };
  const CODE_OF_NAME = {
    __proto__: null,
    IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
    NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
    InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14,
    InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19,
    AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23,
    InvalidNodeTypeError: 24, DataCloneError: 25,
  };

  // A real error object with the private state of a DOMException put on it.
  const given = function (object) {
    return object;
  };
  class Stamped extends given {
    #name;
    #message;

    constructor(object, name, message) {
      super(object);
      this.#name = name;
      this.#message = message;
    }

    static name(object) {
      return object.#name;
    }

    static message(object) {
      return object.#message;
    }

    static is(object) {
      return typeof object === 'object' && object !== null && #name in object;
    }
  }

  function checked(object) {
    if (!Stamped.is(object)) throw new TypeError('not a DOMException');
    return object;
  }

  class DOMException {
    constructor(message = '', options = 'Error') {
      const text = `${message}`;
      let name;
      let cause;
      if (typeof options === 'object' && options !== null) {
        name = options.name === undefined ? 'Error' : `${options.name}`;
        if ('cause' in options) cause = { value: options.cause };
      } else {
        name = `${options}`;
      }
      const error = new Error();
      delete error.message;
      setPrototypeOf(error, new.target.prototype);
      new Stamped(error, name, text);
      if (cause !== undefined) {
        defineProperty(error, 'cause', { value: cause.value, writable: true, configurable: true });
      }
      Error.captureStackTrace?.(error, new.target);
      return error;
    }

    get name() {
      return Stamped.name(checked(this));
    }

    get message() {
      return Stamped.message(checked(this));
    }

    get code() {
      return CODE_OF_NAME[Stamped.name(checked(this))] ?? 0;
    }
  }
  Object.setPrototypeOf(DOMException.prototype, Error.prototype);
  expose(DOMException, CODES);
  Object.defineProperty(DOMException, 'length', { value: 0 });

  return { DOMException, isDOMException: Stamped.is };
});
