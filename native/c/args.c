#include "args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_EXACT 9007199254740991.0

napi_value runar_undefined(napi_env env) {
  napi_value value = NULL;
  napi.get_undefined_(env, &value);
  return value;
}

napi_value runar_number(napi_env env, double number) {
  napi_value value = NULL;
  napi.create_double_(env, number, &value);
  return value;
}

/* Where the last character of UTF-8 ends that is there as a whole. */
static size_t whole_text(const char *text) {
  size_t length = strlen(text), start = length;
  while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
    start--;
  if (start == 0)
    return length;
  unsigned char first = (unsigned char)text[start - 1];
  size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return length - (start - 1) < bytes ? start - 1 : length;
}

static napi_value text_value(napi_env env, const char *text) {
  napi_value value = NULL;
  napi.create_string_utf8_(env, text, whole_text(text), &value);
  return value;
}

napi_value runar_error(napi_env env, const char *code, const char *message) {
  napi_value error = NULL;
  napi.create_error_(env, text_value(env, code), text_value(env, message), &error);
  return error;
}

napi_value runar_throw(napi_env env, const char *code, const char *message) {
  bool pending = false;
  napi.is_exception_pending_(env, &pending);
  if (!pending)
    napi.throw_(env, runar_error(env, code, message));
  return runar_undefined(env);
}

napi_value runar_throw_type(napi_env env, const char *message) {
  napi.throw_type_error_(env, "ERR_INVALID_ARG_TYPE", message);
  return runar_undefined(env);
}

runar_args runar_args_of(napi_env env, napi_callback_info info) {
  runar_args args = {.env = env};
  size_t count = RUNAR_MOST_ARGS;
  napi.get_cb_info_(env, info, &count, args.values, NULL, NULL);
  return args;
}

/* `number` is neither negative nor past what is exact. */
static bool whole(double number) {
  return (double)(uint64_t)number == number;
}

bool runar_is(napi_env env, napi_value value, napi_valuetype type) {
  napi_valuetype found;
  return napi.typeof_(env, value, &found) == napi_ok && found == type;
}

bool runar_handle_arg(const runar_args *args, size_t at, runar_handle *handle) {
  double number;
  if (napi.get_value_double_(args->env, args->values[at], &number) != napi_ok) {
    runar_throw_type(args->env, "a handle is a number that open() has returned");
    return false;
  }
  bool possible = number >= 1 && number <= LARGEST_EXACT && whole(number);
  *handle = possible ? (runar_handle)number : 0;
  return true;
}

bool runar_size_value(napi_env env, napi_value value, const char *name, size_t least, size_t most,
                      size_t *size) {
  if (runar_is(env, value, napi_undefined))
    return true;
  char message[160];
  double number;
  if (napi.get_value_double_(env, value, &number) != napi_ok) {
    snprintf(message, sizeof message, "%s must be a number", name);
    runar_throw_type(env, message);
    return false;
  }
  if (!(number >= (double)least && number <= (double)most) || !whole(number)) {
    snprintf(message, sizeof message, "%s must be a whole number from %llu to %llu", name,
             (unsigned long long)least, (unsigned long long)most);
    napi.throw_range_error_(env, "ERR_OUT_OF_RANGE", message);
    return false;
  }
  *size = (size_t)number;
  return true;
}

bool runar_exit_code_arg(const runar_args *args, size_t at, int *code) {
  double number;
  if (napi.get_value_double_(args->env, args->values[at], &number) != napi_ok) {
    runar_throw_type(args->env, "code must be a number");
    return false;
  }
  if (!(number >= INT32_MIN && number <= UINT32_MAX) || (double)(int64_t)number != number) {
    napi.throw_range_error_(args->env, "ERR_OUT_OF_RANGE",
                            "code must be a whole number from -2147483648 to 4294967295");
    return false;
  }
  *code = (int)(uint32_t)(int64_t)number;
  return true;
}

bool runar_text_value(napi_env env, napi_value value, const char *name, char **text) {
  char message[160];
  size_t length = 0;
  *text = NULL;
  snprintf(message, sizeof message, "%s must be a string without a zero character, not empty",
           name);
  if (napi.get_value_string_utf8_(env, value, NULL, 0, &length) != napi_ok || length == 0) {
    runar_throw_type(env, message);
    return false;
  }
  char *copy = malloc(length + 1);
  if (copy == NULL) {
    runar_throw(env, "ERR_MEMORY", "no memory");
    return false;
  }
  napi.get_value_string_utf8_(env, value, copy, length + 1, &length);
  if (strlen(copy) != length) {
    free(copy);
    runar_throw_type(env, message);
    return false;
  }
  *text = copy;
  return true;
}
