/* The arguments of a call from JavaScript. What reads one and finds another thing throws in
** JavaScript and answers false. On the loop alone. */
#ifndef RUNAR_ARGS_H
#define RUNAR_ARGS_H

#include "napi_fn.h"
#include "runar_native.h"

#include <stddef.h>

#define RUNAR_MOST_ARGS 4

typedef struct runar_args {
  napi_env env;
  napi_value values[RUNAR_MOST_ARGS]; /* undefined where there is none */
} runar_args;

runar_args runar_args_of(napi_env env, napi_callback_info info);

/* A real undefined (T5). */
napi_value runar_undefined(napi_env env);
napi_value runar_number(napi_env env, double value);

/* An Error. What was cut off in the middle of its last character has no such end. */
napi_value runar_error(napi_env env, const char *code, const char *message);

/* Undefined, with an exception under way. */
napi_value runar_throw(napi_env env, const char *code, const char *message);
napi_value runar_throw_type(napi_env env, const char *message);

/* Any number; one that no handle can be is 0, which is stale. */
bool runar_handle_arg(const runar_args *args, size_t at, runar_handle *handle);

/* A whole number from `least` to `most`; undefined leaves what is there. */
bool runar_size_value(napi_env env, napi_value value, const char *name, size_t least, size_t most,
                      size_t *size);

/* What a process can be given: negative, or with the highest of 32 bits, as Windows has some. */
bool runar_exit_code_arg(const runar_args *args, size_t at, int *code);

/* A string without a zero character, which the caller frees. */
bool runar_text_value(napi_env env, napi_value value, const char *name, char **text);

bool runar_is(napi_env env, napi_value value, napi_valuetype type);

#endif
